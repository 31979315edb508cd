import { constants } from 'node:os';

/** What a run stands on, and what is to be taken down however this process ends. */
interface Stage {
  close(): Promise<unknown>;
}

/**
 * Runs a command and ends this process: 0 without a violation, 1 with some, 64 for arguments that it doesn't know, 70 for
 * a fault of its own (sysexits.h), 128 and the signal's number for one that ends it early.
 * @param play gives how many violations there were, and hands over each stage that it begins to open
 */
export async function runCommand<Options>(
  { readOptions, usage }: { readOptions: (args: string[]) => Options; usage: string },
  play: (options: Options, opens: (stage: Promise<Stage>) => void) => Promise<number>,
): Promise<never> {
  let opening: Promise<Stage> | undefined;
  const endEarly = async (exitCode: number) => {
    const stage = await opening?.catch(() => undefined);
    await stage?.close().catch(() => undefined);
    process.exit(exitCode);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void endEarly(128 + constants.signals[signal]));
  process.once('uncaughtException', (error) => {
    process.stderr.write(`${error.stack}\n`);
    void endEarly(70);
  });

  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`);
    process.exit(64);
  }
  const violations = await play(options, (stage) => {
    opening = stage;
  });
  process.exit(violations === 0 ? 0 : 1);
}
