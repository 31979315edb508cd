import { MOST_FAULTS, validationFailure, type FieldFault } from '../../common/errors/field-faults.js';
import { GatewayError } from '../../common/errors/gateway-error.js';
import { hasTooManyMembers, MOST_MEMBERS } from '../../common/json-members.js';
import type { CompletionRequest } from '../../completions/completion-request.js';
import { ID_PATTERN, ID_RULE } from '../../completions/request-id.js';
import type { EventChannel } from '../../events/user-events.js';
import { isObject } from './field-reader.js';
import { readRequest } from './read-request.js';
import { isSubscriptionType, readSubscription } from './subscription-frame.js';

/** What a client may send. */
export type ClientFrame =
  | { kind: 'request'; id: string; request: CompletionRequest; lastSeq: number }
  /** A known id without its body. */
  | { kind: 'resume'; id: string; lastSeq: number }
  | { kind: 'cancel'; id: string }
  | { kind: 'subscribe' | 'unsubscribe'; id: string; channel: EventChannel }
  /** A frame that can't be served; `id` is '' where the frame has none. */
  | { kind: 'invalid'; id: string; error: GatewayError; isUnparsable: boolean };

/** An id is at most 128 characters, so what is longer than this is not parsed for its id alone. */
const LONGEST_FRAME_READ_FOR_ID = 64 * 1024;
/** A durable request waits in the job queue, with its images: a thousand of a user, ten thousand of all. */
const MOST_BACKGROUND_BYTES = 4 * 1024 * 1024;

/** Reads a frame; never throws. */
export function readClientFrame(text: string): ClientFrame {
  if (hasTooManyMembers(text)) {
    return invalid('', [{ field: '', message: `The frame must have at most ${MOST_MEMBERS} fields and elements` }]);
  }
  const body = parseObject(text);
  if (!body) return invalid('', [{ field: '', message: 'The frame must be a JSON object' }], true);
  const id = idOf(body);
  if ('cancel' in body) return readCancel(id, body);
  if (!('type' in body) && 'lastSeq' in body) return readResume(id, body);
  if (isSubscriptionType(body['type'])) return readSubscribing(id, body);
  return readCompletion(id, body, text);
}

/** The id of a frame that is refused unread; '' where it has none, or is too large to look for it. Never throws. */
export function readFrameId(text: string): string {
  return text.length > LONGEST_FRAME_READ_FOR_ID ? '' : idOf(parseObject(text) ?? {});
}

function idOf({ id }: Record<string, unknown>): string {
  return typeof id === 'string' && ID_PATTERN.test(id) ? id : '';
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readCancel(id: string, body: Record<string, unknown>): ClientFrame {
  const faults = [...idFaults(id), ...extraFaults(body, ['id', 'cancel'], 'a cancel')];
  if (body['cancel'] !== true) faults.push({ field: 'cancel', message: 'cancel must be true' });
  return faults.length > 0 ? invalid(id, faults) : { kind: 'cancel', id };
}

function readResume(id: string, body: Record<string, unknown>): ClientFrame {
  const { lastSeq } = body;
  const faults = [...idFaults(id), ...extraFaults(body, ['id', 'lastSeq'], 'a resume without type')];
  if (!Number.isInteger(lastSeq) || (lastSeq as number) < 0) {
    faults.push({ field: 'lastSeq', message: 'lastSeq must be a whole number from 0 on' });
  }
  return faults.length > 0 ? invalid(id, faults) : { kind: 'resume', id, lastSeq: lastSeq as number };
}

function readSubscribing(id: string, body: Record<string, unknown>): ClientFrame {
  const frame = readSubscription(body);
  return Array.isArray(frame) ? invalid(id, frame) : { kind: frame.type, id, channel: frame.channel };
}

function readCompletion(id: string, body: Record<string, unknown>, text: string): ClientFrame {
  const read = readRequest(body);
  if (Array.isArray(read)) return invalid(id, read);
  if (read.request.isBackground && Buffer.byteLength(text) > MOST_BACKGROUND_BYTES)
    return { kind: 'invalid', id, error: tooLargeToWait(), isUnparsable: false };
  return { kind: 'request', id, ...read };
}

/** It is kept in the queue, for as long as no worker has time for it. */
function tooLargeToWait(): GatewayError {
  return new GatewayError(
    'PAYLOAD_TOO_LARGE',
    `A request with background: true may have at most ${MOST_BACKGROUND_BYTES / 1024 / 1024} MiB; send images by their url, or without background.`,
  );
}

function idFaults(id: string): FieldFault[] {
  return id === '' ? [{ field: 'id', message: `id ${ID_RULE}` }] : [];
}

function extraFaults(body: Record<string, unknown>, allowed: readonly string[], what: string): FieldFault[] {
  return Object.keys(body)
    .filter((field) => !allowed.includes(field))
    .slice(0, MOST_FAULTS)
    .map((field) => ({ field, message: `${field.slice(0, 100)} does not go with ${what}` }));
}

function invalid(id: string, faults: FieldFault[], isUnparsable = false): ClientFrame {
  return { kind: 'invalid', id, error: validationFailure(faults), isUnparsable };
}
