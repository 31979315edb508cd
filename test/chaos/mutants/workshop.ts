import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** What a build and a run need; the installed modules are shared. */
const COPIED = [
  'src',
  'test',
  'scripts',
  'client',
  'dist',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'jest.config.js',
];
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface Outcome {
  exitCode: number;
  output: string;
}

/** The patch of a mutant. */
export function patchFile(name: string): string {
  return join(ROOT, 'test/chaos/mutants', `${name}.patch`);
}

/** Whether a patch fits the sources as they are. @returns what `git apply` has to say; empty: it fits */
export async function whyItDoesNotApply(name: string): Promise<string> {
  const check = promisify(execFile)('git', ['apply', '--check', patchFile(name)], { cwd: ROOT });
  return check.then(
    () => '',
    (error: { stderr: string }) => error.stderr,
  );
}

/** A copy of the checkout, in which a mutant is made and run. */
export class Workshop {
  private constructor(private readonly folder: string) {}

  static async open(): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-mutant-'));
    for (const name of COPIED) await cp(join(ROOT, name), join(folder, name), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return new Workshop(folder);
  }

  /** Patches the sources and builds them. @throws Error where either fails */
  async make(name: string): Promise<void> {
    this.must('git', ['apply', patchFile(name)]);
    // what a fault leaves unused is no reason not to build it
    const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noUnusedLocals', 'false'];
    this.must(process.execPath, compiler);
    await cp(join(this.folder, 'src'), join(this.folder, 'dist'), {
      recursive: true,
      filter: (source) => !/\.[a-z]+$/.test(source) || source.endsWith('.sql'),
    });
  }

  /** Runs a Node program in the copy to its end. */
  run(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: { ...process.env, ...env }, maxBuffer: MOST_OUTPUT_BYTES };
      const child = execFile(process.execPath, args, options, (_error, stdout, stderr) =>
        resolve({ exitCode: child.exitCode ?? 1, output: stdout + stderr }),
      );
    });
  }

  read(file: string): Promise<string> {
    return readFile(join(this.folder, file), 'utf8');
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private must(command: string, args: string[]): void {
    const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: this.folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stdout + stderr}`);
  }
}
