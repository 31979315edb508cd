import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Starts the run's database server in a process of its own. Jest loads this file by itself, without our module mapping:
 * it imports nothing of ours. The server's process ends when the pipe to it closes, however this process ends.
 */
export default async function globalSetup(): Promise<void> {
  const server = spawn(
    process.execPath,
    ['--import', './test/support/typescript-hooks.js', 'test/support/test-server.ts'],
    {
      env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true, // Ctrl-C is for us; it would be cut off in the middle of its own cleaning up
    },
  );
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(server.stdout).once('line', resolve);
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`the test database did not start (exit code ${code})`)));
  });
  process.env.TEST_SERVER_URL = url;
  // What the suite logs; the summary reporter looks through it. A later run removes it (test-folders.ts).
  process.env.TEST_LOG_FOLDER = await mkdtemp(join(tmpdir(), `gateway-test-${process.pid}-logs-`));
  globalThis.testServer = server;
}

declare global {
  /** From the global set-up to the tear-down; tests never see it. */
  var testServer: ReturnType<typeof spawn> | undefined;
}
