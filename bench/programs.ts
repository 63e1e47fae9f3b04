import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

const START_DEADLINE_MS = 20_000;
const MOST_SAID = 10_000;
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
/** As Linux lists sockets: the state of one that listens, and the inode of one that no process has open any more. */
const [LISTENING, NOBODYS] = ['0A', '0'];

/** A program of the benchmark that answers over HTTP. */
export interface Program extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

/** Starts a Node program that prints its port when it listens. */
export async function startProgram(file: string, environment: NodeJS.ProcessEnv = {}): Promise<Program> {
  const env = { ...process.env, NODE_ENV: 'production', ...environment };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  // What peers say while memcached is out of order is of interest to nobody.
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-MOST_SAID)));
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(START_DEADLINE_MS);
  const ended = gone.then(([code]) => {
    throw new Error(`${file} ended with ${String(code)} before it listened. It said:\n${said}`);
  });
  const line = await Promise.race([once(lines, 'line', { signal }), ended]).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  ended.catch(() => undefined);
  return {
    port: Number(line[0]),
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Processor time that a process has used, in seconds, to a hundredth. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process, in MB. */
export async function residentMb(pid: number): Promise<number> {
  const pages = Number((await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1]);
  return (pages * PAGE_BYTES) / 2 ** 20;
}

/** How many files and sockets a server has open, without those of its visitors, who come and go. */
export async function openFiles({ pid, port }: { readonly pid: number; readonly port: number }): Promise<number> {
  const open = (await readdir(`/proc/${pid}/fd`)).length;
  const sockets = (await readFile(`/proc/${pid}/net/tcp`, 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const visitors = sockets.filter(([, address = '', , state, , , , , , inode]) => {
    return address.endsWith(local) && state !== LISTENING && inode !== NOBODYS;
  });
  return open - visitors.length;
}
