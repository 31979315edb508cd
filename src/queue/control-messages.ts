/** What processes tell one another. Small JSON, which names things by id. */
export interface ControlMessages {
  /** A stream was asked to stop; whoever runs it looks at its hold now rather than at its next poll. */
  'stream-stop': { accountId: string; requestId: string };
  /** Something happened to a user, for whoever of that user listens, on whichever node. */
  'user-event': { userId: string; channel: string; event: string; data: Record<string, unknown> };
  /** A provider limits the rate of one of our keys, or refuses it: whoever uses that key leaves it alone for so long. */
  'endpoint-cooldown': { endpointId: string; reason: string; durationMs: number };
  /** A step of a video's workflow is over: whoever waits for it looks now. */
  'workflow-step': { workflowId: string };
  /** An operator said something of a provider's circuit: every node looks now rather than at its next turn. */
  'circuit-order': { target: string };
  /** A user or a token was shut out, or let in again: every node looks which. */
  revocation: { name: string };
}

export type ControlTopic = keyof ControlMessages;

export type ControlMessage = { [T in ControlTopic]: { topic: T; message: ControlMessages[T] } }[ControlTopic];

/** What goes over the relay at once. */
export interface ControlEnvelope {
  version: typeof CONTROL_VERSION;
  /** Who sent it: a process knows its own messages already. */
  from: string;
  messages: ControlMessage[];
}

/** Counts up when a message's meaning changes: nodes of both versions run side by side during a rollout. */
export const CONTROL_VERSION = 1;

type FieldKind = 'text' | 'number' | 'object';

/** The fields of every topic; a new topic is a line here and one above. */
const FIELDS: { [T in ControlTopic]: { [F in keyof ControlMessages[T]]-?: FieldKind } } = {
  'stream-stop': { accountId: 'text', requestId: 'text' },
  'user-event': { userId: 'text', channel: 'text', event: 'text', data: 'object' },
  'endpoint-cooldown': { endpointId: 'text', reason: 'text', durationMs: 'number' },
  'workflow-step': { workflowId: 'text' },
  'circuit-order': { target: 'text' },
  revocation: { name: 'text' },
};

/**
 * What came over the relay, as far as this version knows it: another version's envelope is empty, messages of an unknown
 * topic or shape are left out. Never throws.
 */
export function readControlEnvelope(data: unknown): Pick<ControlEnvelope, 'from' | 'messages'> {
  const { version, from, messages } = isObject(data) ? data : {};
  if (version !== CONTROL_VERSION || typeof from !== 'string' || !Array.isArray(messages))
    return { from: '', messages: [] };
  return { from, messages: messages.filter(isControlMessage) };
}

function isControlMessage(value: unknown): value is ControlMessage {
  if (!isObject(value) || typeof value['topic'] !== 'string' || !Object.hasOwn(FIELDS, value['topic'])) return false;
  const { message } = value;
  return (
    isObject(message) &&
    Object.entries(FIELDS[value['topic'] as ControlTopic]).every(([field, kind]) => isKind(message[field], kind))
  );
}

function isKind(value: unknown, kind: FieldKind): boolean {
  if (kind === 'number') return Number.isFinite(value);
  return kind === 'text' ? typeof value === 'string' : isObject(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
