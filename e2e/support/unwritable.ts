import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { freezeProcess, wakeProcess } from './process-state.ts';

/** Something that keeps the data file from being written, for as long as it lasts: at most as long as the test. */
export interface Trouble extends AsyncDisposable {
  end(): Promise<void>;
}

function trouble(end: () => Promise<void>): Trouble {
  let ending: Promise<void> | undefined;
  const once = () => (ending ??= end());
  return { end: once, [Symbol.asyncDispose]: once };
}

/** Puts a file system of a few MiB at a folder. Only root can. */
export function mountSmallDisk(path: string, mebibytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Fills a small disk to its last byte. The data file's log cannot begin anew meanwhile, because somebody reads from it. */
export async function fillDisk(data: string): Promise<Trouble> {
  const reader = await startTransaction(data, 'read');
  const room = await fill(data);
  return trouble(async () => {
    await room.end();
    await reader.end();
  });
}

/** Leaves no room on a disk. */
export async function fill(path: string): Promise<Trouble> {
  const file = join(path, 'filling');
  const filling = openSync(file, 'w');
  try {
    for (;;) writeSync(filling, Buffer.alloc(4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(filling);
  }
  const { bavail } = await statfs(path);
  assert.equal(bavail, 0);
  return trouble(() => rm(file, { force: true }));
}

/** From now on no file that a process writes may become longer, as with a quota that is used up. Needs no root. */
export async function limitFiles(pid: number): Promise<Trouble> {
  const limit = (bytes: string) => execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
  limit('4096');
  const shown = execFileSync('prlimit', ['--pid', String(pid), '--fsize', '--noheadings', '--output=SOFT']).toString();
  assert.equal(shown.trim(), '4096');
  return trouble(async () => void limit('unlimited'));
}

const HOLDER = new URL('lock-holder.ts', import.meta.url).pathname;

/** Another process in the middle of a write to the data file; frozen there, if it is said so. */
export async function holdLock(data: string, isFrozen: boolean): Promise<Trouble> {
  const { pid, end } = await startTransaction(data, 'write');
  if (isFrozen) await freezeProcess(pid);
  return trouble(async () => {
    if (isFrozen) wakeProcess(pid);
    await end();
  });
}

async function startTransaction(
  data: string,
  does: 'read' | 'write',
): Promise<{ readonly pid: number; end(): Promise<void> }> {
  const program = [HOLDER, join(data, 'trellis.sqlite'), does];
  const child = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), gone.then(() => assert.fail('the other program ended'))]);
  return {
    pid: child.pid ?? 0,
    async end() {
      child.stdin.end('end');
      await gone;
    },
  };
}
