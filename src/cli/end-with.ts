import { ArgumentsError } from './arguments-error.js';

/** EX_USAGE of sysexits.h. */
const BAD_USAGE = 64;

/** Says why a command failed, and how it is called where it was called wrongly; for `main().catch(…)`. */
export function endWith(usage: string): (error: unknown) => void {
  return (error) => {
    const { message, code } = error as Error & { code?: unknown };
    const isUsage = error instanceof ArgumentsError || String(code).startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`${message}\n${isUsage ? `\n${usage}\n` : ''}`);
    process.exitCode = isUsage ? BAD_USAGE : 1;
  };
}
