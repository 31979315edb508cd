import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writtenSecrets } from '../../config/effective/written-secrets.js';
import type { Environment } from '../../config/environment.js';
import { warning, type CheckResult, type Finding } from './finding.js';

/** The bits of a file's mode by which others than its owner and group may read it; and its group. */
const OTHERS = 0o004;
const GROUP_AND_OTHERS = 0o044;

/** Whether files with secrets can be read by those who have no business with them. */
export async function checkSecretFiles(
  { dataDirectory, gatewayConfig }: Environment,
  workingDirectory = process.cwd(),
): Promise<CheckResult> {
  const check = 'secret files';
  if (process.platform === 'win32') return { check, note: 'not looked at on Windows' };
  const generated = ['jwt-secret', 'media-secret', 'audit-secret'].map((name) => join(dataDirectory, name));
  const { file, initial } = gatewayConfig;
  const holdsSecrets = file.path !== undefined && writtenSecrets(initial).length > 0;
  const findings = [
    ...(await Promise.all(generated.map((file) => findingOf(file, GROUP_AND_OTHERS)))),
    await findingOf(join(workingDirectory, '.env'), OTHERS),
    ...(holdsSecrets ? [await findingOf(file.path, OTHERS)] : []),
  ];
  return { check, findings: findings.flat() };
}

async function findingOf(file: string, bits: number): Promise<Finding[]> {
  const found = await stat(file).catch(() => undefined);
  if (!found || (found.mode & bits) === 0) return [];
  return [warning(`${file} holds secrets, and other users of this machine may read it`, `chmod 600 ${file}`)];
}
