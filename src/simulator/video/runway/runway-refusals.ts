import type { FileRefusals } from '../serve-file.js';
import { VideoRefusal } from '../video-refusal.js';

const DOCUMENTATION = 'https://docs.dev.runwayml.com/api';

/** What is wrong with a member of the body. */
export interface Issue {
  path: string[];
  message: string;
}

/** What Runway says to a request that is no good. */
export function invalidBody(...issues: Issue[]): VideoRefusal {
  return new VideoRefusal(400, {
    error: 'Validation of body failed',
    issues: issues.map((issue) => ({ code: 'custom', ...issue })),
    docUrl: DOCUMENTATION,
  });
}

export function refusal(status: number, error: string): VideoRefusal {
  return new VideoRefusal(status, { error });
}

export function notFound(): VideoRefusal {
  return refusal(404, 'The requested resource was not found.');
}

/** The refusals of scripts and forced faults, and those of a file's link. */
export const RUNWAY_REFUSALS: FileRefusals = {
  refuse: (name) => {
    switch (name) {
      case '400':
        return invalidBody({ path: ['seed'], message: 'Invalid input: expected number' });
      case '401':
        return refusal(401, 'The provided API key is not valid.');
      case '403':
        return refusal(403, 'Your organization has no access to this model.');
      case '404':
        return notFound();
      case '410':
        return refusal(410, 'This model is no longer available.');
      case '429':
        return refusal(429, 'Your daily task limit has been reached.');
      case 'quota':
        return refusal(400, 'You do not have enough credits to run this task.');
      case '500':
        return refusal(500, 'Internal server error');
      case '503':
        return refusal(503, 'Service unavailable');
      default:
        return name satisfies never;
    }
  },
  /** As the store of the files says it, which knows neither JSON nor tasks. */
  expired: () => new VideoRefusal(403, { Code: 'AccessDenied', Message: 'Request has expired' }),
};
