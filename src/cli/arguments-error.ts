/** What is wrong with a command's arguments; the message says what is allowed. */
export class ArgumentsError extends Error {
  override readonly name = 'ArgumentsError';
}
