import { execFile } from 'node:child_process';
import type { ServerAccount } from './server-account.js';

/** What the server's programs see of our environment: nothing, so that no PG* variable of the user's bends them. */
export const SERVER_ENVIRONMENT = {
  PATH: process.platform === 'win32' ? '' : '/usr/local/bin:/usr/bin:/bin',
  LC_ALL: 'C',
};

/** The spawn options that make a program run as the account. */
export const identityOf = (account: ServerAccount | undefined): { uid?: number; gid?: number } =>
  account ? { uid: account.uid, gid: account.gid } : {};

/** Runs a program to its end as the account. Never throws: what stopped it is in `output`. */
export function runAs(
  account: ServerAccount | undefined,
  file: string,
  args: string[],
): Promise<{ isSuccess: boolean; output: string }> {
  // cwd: ours may be a folder that the account can't enter.
  const options = { ...identityOf(account), cwd: '/', env: SERVER_ENVIRONMENT };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) =>
      resolve({ isSuccess: error === null, output: `${stdout}${stderr}` || (error?.message ?? '') }),
    );
  });
}

/** Whether the account can really enter and list the folder, whatever modes, groups and mounts say. */
export async function canEnter(account: ServerAccount | undefined, folder: string): Promise<boolean> {
  const { isSuccess } = await runAs(account, '/bin/sh', ['-c', 'cd "$0" && test -x .', folder]);
  return isSuccess;
}
