/** One at a time, between processes: a file that holds its owner's process id. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 200;

/** Does the work while no other process does work under the same path; a lock whose owner died is taken over. */
export async function withLock(path, work) {
  let hasSaid = false;
  while (!tryTake(path)) {
    const owner = ownerOf(path);
    if (owner !== undefined && !isAlive(owner)) removeIfOwnedBy(path, owner);
    else if (!hasSaid) {
      process.stderr.write(`set-up: waiting for another one (process ${owner})\n`);
      hasSaid = true;
    }
    await delay(PAUSE_MS);
  }
  const letGo = () => removeIfOwnedBy(path, process.pid);
  process.once('exit', letGo);
  try {
    return work();
  } finally {
    process.off('exit', letGo);
    letGo();
  }
}

/** The id is written first and linked into place: nobody ever reads half a lock. */
function tryTake(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function ownerOf(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // gone
  }
}

/** Moves the lock away before it looks again whose it was: of two that take over at once one must not remove the other's. */
function removeIfOwnedBy(path, owner) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (ownerOf(aside) !== owner) return renameSync(aside, path);
    rmSync(aside);
  } catch {
    // another process was faster
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
