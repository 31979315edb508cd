/** What a line may say of a request or a job, beside its message. */
export interface LogFields {
  /** The client's own id of it. */
  requestId?: string;
}

/**
 * The fields of a line. Of an error only its stack is taken: what else hangs on it (a database's `detail`, a vendor's
 * answer) may be somebody's words.
 * @param parts the message, and what the caller added: errors, a stack as text, objects of fields
 */
export function logFields(parts: readonly unknown[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const [message, ...rest] = parts;
  if (message instanceof Error) fields['stack'] = message.stack;
  for (const part of rest) {
    if (part instanceof Error) fields['stack'] = part.stack;
    else if (typeof part === 'string') fields['stack'] = part;
    else if (typeof part === 'object' && part !== null) Object.assign(fields, part);
  }
  return fields;
}
