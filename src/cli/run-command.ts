import { ArgumentsError } from './arguments-error.js';

/** EX_USAGE of sysexits.h. */
const EX_USAGE = 64;

/**
 * Runs a command to its end. `--help` prints how it is called; so does a wrong call (ArgumentsError, or one of parseArgs),
 * behind what is wrong, with exit code 64.
 *
 * @param exitCodeOf of any other failure, whose message is printed
 */
export async function runCommand(
  usage: string,
  command: (args: string[]) => void | Promise<void>,
  exitCodeOf: (error: unknown) => number = () => 1,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  try {
    await command(args);
  } catch (error) {
    const isUsage = error instanceof ArgumentsError || isOfParseArgs(error);
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${isUsage ? `\n${usage}\n` : ''}`);
    process.exitCode = isUsage ? EX_USAGE : exitCodeOf(error);
  }
}

function isOfParseArgs(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
