import type { VendorError } from '../../wires/wire.js';
import { OPENAI } from '../../wires/openai-vendor.js';
import type { FileRefusals } from '../serve-file.js';
import { VideoRefusal } from '../video-refusal.js';

const INVALID = 'invalid_request_error';

/** What OpenAI says to a request that is no good; `code` is its machine-readable word. */
export function badField(message: string, param: string, code: string | undefined = 'invalid_value'): VideoRefusal {
  return refusal({ status: 400, type: INVALID, message, param, ...(code === undefined ? {} : { code }) });
}

export function badRequest(message: string): VideoRefusal {
  return refusal({ status: 400, type: INVALID, message });
}

export function videoNotFound(id: string): VideoRefusal {
  return refusal({ status: 404, type: INVALID, message: `Video with id '${id}' not found.` });
}

export function unknownPath(path: string): VideoRefusal {
  return refusal(OPENAI.notFound(path));
}

export function refusal(error: VendorError): VideoRefusal {
  return new VideoRefusal(error.status, OPENAI.errorBody(error, ''));
}

/** Words of a refusal and of a failed job alike. */
export const MODERATION = {
  code: 'moderation_blocked',
  message: 'Your request was blocked by our moderation system.',
};

export function moderated(): VideoRefusal {
  return refusal({ status: 400, type: INVALID, ...MODERATION });
}

/** The refusals of scripts and forced faults, and those of a video's bytes. */
export function soraRefusals(model: string, id = ''): FileRefusals {
  return {
    refuse: (name) => (name === '404' && id !== '' ? videoNotFound(id) : refusal(OPENAI.refusal(name, model))),
    expired: () => refusal({ status: 404, type: INVALID, message: `Video with id '${id}' has expired.` }),
  };
}
