/** Makes a checkout ready to run: installs what is missing, builds what is stale. Node's built-ins only. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './set-up-lock.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (path) => join(root, path);

const LOCK_FILE = inRoot('package-lock.json');
const INSTALL_STAMP = inRoot('node_modules/.installed-lock');
const BUILD_STAMP = inRoot('dist/.built-sources');
const CLIENT_BUILD = 'client/tsconfig.build.json';
const BUILD_INPUTS = [
  'client/src',
  'client/package.json',
  'client/tsconfig.json',
  CLIENT_BUILD,
  'src',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'package-lock.json',
];

/**
 * Installs and builds where needed; says in a line on stderr what it does (stdout belongs to the program that follows).
 * Of several that run at once one works and the others wait. Ends the process where a step fails.
 */
export async function ensureSetUp() {
  assertNodeVersion();
  if (isInstalled() && isBuilt()) return;
  mkdirSync(inRoot('.data'), { recursive: true });
  await withLock(inRoot('.data/set-up.lock'), () => {
    if (!isInstalled()) install();
    if (!isBuilt()) build();
  });
}

/** Before anything fails for it in words of its own; package.json's `engines` say the same. */
function assertNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`Node.js ${process.versions.node} is too old; 20.19 or later is needed`);
  process.exit(1);
}

/** The stamp is ours; npm's own mark counts as well, for an `npm ci` by hand after the last change of the lock. */
function isInstalled() {
  if (readIfThere(INSTALL_STAMP) === installFingerprint()) return true;
  const npmsMark = statSync(inRoot('node_modules/.package-lock.json'), { throwIfNoEntry: false });
  return npmsMark !== undefined && npmsMark.mtimeMs >= statSync(LOCK_FILE).mtimeMs;
}

function isBuilt() {
  if (!existsSync(inRoot('src'))) return true; // an image carries dist alone
  return readIfThere(BUILD_STAMP) === buildFingerprint();
}

function install() {
  say('installing dependencies (npm ci)');
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm && basename(npm) === 'npm-cli.js' ? [process.execPath, npm] : ['npm'];
  run(command, [...first, 'ci', '--include=dev', '--no-audit', '--no-fund']);
  writeFileSync(INSTALL_STAMP, installFingerprint());
}

/** Builds, stale or not, and notes of what. */
export function build() {
  say('building (the client library, nest build)');
  const fingerprint = buildFingerprint(); // of before: what is edited meanwhile is built next time
  run(process.execPath, [inRoot('node_modules/typescript/bin/tsc'), '-p', CLIENT_BUILD]);
  run(process.execPath, [inRoot('node_modules/@nestjs/cli/bin/nest.js'), 'build']);
  writeFileSync(BUILD_STAMP, fingerprint);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  say(`that failed (${error?.message ?? `exit code ${status}`})`);
  process.exit(1);
}

const say = (line) => process.stderr.write(`set-up: ${line}\n`);

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function installFingerprint() {
  return `${process.platform}-${process.arch} ${createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex')}`;
}

function buildFingerprint() {
  const hash = createHash('sha256');
  for (const input of BUILD_INPUTS)
    for (const path of filesOf(inRoot(input))) hash.update(`${path}\0`).update(readFileSync(path));
  return hash.digest('hex');
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => !name.endsWith('.test.ts'));
  return names.sort().flatMap((name) => filesOf(join(path, name)));
}
