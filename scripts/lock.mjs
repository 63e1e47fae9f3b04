import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const RETRY_MS = 100;
/** A folder without its owner's name for this long was left by somebody who died right after making it. */
const NAMELESS_MS = 5_000;
/** Whether a process on another machine lives cannot be seen; it has had its time after this long. */
const FOREIGN_MS = 1_800_000;

/** Does the work while holding the lock, a folder that only one can make. A lock whose owner died is taken over. */
export async function whileLocked(folder, waiting, work) {
  const me = `${hostname()} ${process.pid}`;
  let hasSaid = false;
  while (!take(folder, me)) {
    if (isStale(folder)) {
      takeAway(folder);
      continue;
    }
    if (!hasSaid) console.error(waiting);
    hasSaid = true;
    await wait(RETRY_MS);
  }
  const onExit = () => release(folder);
  process.once('exit', onExit);
  const onSignal = () => process.exit(130);
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await work();
  } finally {
    process.off('exit', onExit).off('SIGINT', onSignal).off('SIGTERM', onSignal);
    release(folder);
  }
}

function take(folder, me) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
  writeFileSync(join(folder, 'owner'), me);
  return true;
}

function isStale(folder) {
  try {
    const ageMs = Date.now() - statSync(folder).mtimeMs;
    const [host, pid] = ownerOf(folder);
    if (host === undefined) return ageMs > NAMELESS_MS;
    return host === hostname() ? !isAlive(Number(pid)) : ageMs > FOREIGN_MS;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

function ownerOf(folder) {
  try {
    return readFileSync(join(folder, 'owner'), 'utf8').split(' ');
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Removes a stale lock; where somebody else did so and holds a new one already, that one is put back. */
function takeAway(folder) {
  const away = moveAway(folder);
  if (away === undefined) return;
  if (isStale(away)) rmSync(away, { recursive: true, force: true });
  else renameSync(away, folder);
}

function release(folder) {
  const away = moveAway(folder);
  if (away !== undefined) rmSync(away, { recursive: true, force: true });
}

// In one step, so that nobody ever sees half of a lock.
function moveAway(folder) {
  const away = `${folder}.${process.pid}`;
  try {
    renameSync(folder, away);
    return away;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
