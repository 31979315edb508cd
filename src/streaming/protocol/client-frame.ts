import { getMetadataStorage, validateSync } from 'class-validator';
import { hash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';
import {
  fieldFaults,
  unknownField,
  validationFailure,
  type FieldFault,
  MOST_FAULTS,
} from '../../common/errors/field-faults.js';
import type { GatewayError } from '../../common/errors/gateway-error.js';
import { hasTooManyMembers, MOST_MEMBERS } from '../../common/json-members.js';
import type { CompletionRequest } from '../../completions/completion-request.js';
import type { EventChannel } from '../../events/user-events.js';
import type { Message } from '../../providers/contract/text-request.js';
import { MessageDto } from './message.dto.js';
import { ID_PATTERN, ID_RULE, MESSAGES_RULE, MOST_MESSAGES, RequestFrameDto } from './request-frame.dto.js';
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

const REQUEST_FIELDS = fieldsOf(RequestFrameDto);
const MESSAGE_FIELDS = fieldsOf(MessageDto);
/** A request has no `cancel`, but it may have been meant. */
const KNOWN_FIELDS = [...REQUEST_FIELDS, 'cancel'];

/** An id is at most 128 characters, so what is longer than this is not parsed for its id alone. */
const LONGEST_FRAME_READ_FOR_ID = 64 * 1024;

const VALIDATION = { forbidUnknownValues: true, stopAtFirstError: true };

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
  return readRequest(id, body);
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

function readRequest(id: string, body: Record<string, unknown>): ClientFrame {
  const faults = shapeFaults(body);
  if (faults.length > 0) return invalid(id, faults);
  try {
    return validated(id, withoutNullsInMessages(body));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return invalid(id, [{ field: '', message: 'The frame is nested too deeply' }]); // the stack's end, reached by recursion
  }
}

/**
 * Fields that nobody knows, and messages that are none. Looked for here and not by class-validator, whose whitelist costs
 * more than all other rules together, and which looks at every message of a list before it refuses its length.
 */
function shapeFaults(body: Record<string, unknown>): FieldFault[] {
  const { messages } = body;
  const faults = namesBeyond(body, REQUEST_FIELDS).map((field) => ({
    field,
    message: unknownField(field, KNOWN_FIELDS),
  }));
  return Array.isArray(messages) ? [...faults, ...messagesFaults(messages)] : faults;
}

function messagesFaults(messages: readonly unknown[]): FieldFault[] {
  if (messages.length > MOST_MESSAGES) return [{ field: 'messages', message: `messages ${MESSAGES_RULE}` }];
  const faults: FieldFault[] = [];
  for (let index = 0; index < messages.length && faults.length < MOST_FAULTS; index++) {
    const path = `messages[${index}]`;
    const message = messages[index];
    if (!isObject(message)) {
      faults.push({ field: path, message: `${path} must be a message {role, content}` });
      continue;
    }
    for (const name of namesBeyond(message, MESSAGE_FIELDS)) {
      const field = `${path}.${name}`;
      faults.push({ field, message: unknownField(field, []) });
    }
  }
  return faults;
}

function namesBeyond(value: object, known: readonly string[]): string[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .slice(0, MOST_FAULTS);
}

/** Null means absent, in messages too. The body itself where it has no such null, as most have none. */
function withoutNullsInMessages(body: Record<string, unknown>): Record<string, unknown> {
  const messages = Array.isArray(body['messages']) ? (body['messages'] as object[]) : [];
  if (!messages.some(hasNull)) return body;
  return { ...body, messages: messages.map((message) => (hasNull(message) ? withoutNulls(message) : message)) };
}

function hasNull(value: object): boolean {
  return Object.values(value).includes(null);
}

function withoutNulls(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function validated(id: string, body: Record<string, unknown>): ClientFrame {
  const frame = instanceOf(body);
  const errors = validateSync(frame, VALIDATION);
  if (errors.length > 0) return invalid(id, fieldFaults(errors, KNOWN_FIELDS));
  return { kind: 'request', id, request: toRequest(frame, body), lastSeq: frame.lastSeq ?? 0 };
}

/** The body as what class-validator knows the rules of; its fields are known ones by now. */
function instanceOf(body: Record<string, unknown>): RequestFrameDto {
  const frame = Object.assign(new RequestFrameDto(), body);
  if (Array.isArray(frame.messages))
    frame.messages = frame.messages.map((message) => Object.assign(new MessageDto(), message));
  return frame;
}

function toRequest(frame: RequestFrameDto, body: Record<string, unknown>): CompletionRequest {
  const { prompt, stop } = frame;
  const isEmbedding = frame.type === 'embedding';
  return {
    id: frame.id,
    type: frame.type,
    provider: frame.provider,
    model: frame.model,
    messages: isEmbedding
      ? []
      : ((frame.messages as Message[] | undefined) ?? [{ role: 'user', content: prompt as string }]),
    inputs: isEmbedding ? [prompt ?? []].flat() : [],
    hasSingleInput: typeof prompt === 'string',
    isStreamed: frame.stream && !isEmbedding,
    isBackground: frame.background ?? false,
    mayFallBack: frame.fallback ?? true,
    mayClampToBalance: frame.clampToBalance ?? true,
    mayUseCache: false,
    options: {
      ...(frame.temperature == null ? {} : { temperature: frame.temperature }),
      ...(frame.topP == null ? {} : { topP: frame.topP }),
      ...(stop == null ? {} : { stop: [stop].flat() }),
    },
    fingerprint: fingerprintOf(body),
    ...(frame.maxTokens == null ? {} : { maxTokens: frame.maxTokens }),
    ...(isEmbedding ? { vectors: { encoding: 'float' as const } } : {}),
  };
}

/** Of the canonical body (keys sorted, nulls left out as absent), without what may differ between repeats of a request. */
function fingerprintOf(body: Record<string, unknown>): string {
  const { id: _id, lastSeq: _lastSeq, ...rest } = body;
  return hash('sha256', stringify(withoutNulls(rest)), 'base64url');
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

/** What a class has rules for. */
function fieldsOf(dto: new () => object): readonly string[] {
  const storage = getMetadataStorage();
  return Object.keys(storage.groupByPropertyName(storage.getTargetValidationMetadatas(dto, '', false, false)));
}
