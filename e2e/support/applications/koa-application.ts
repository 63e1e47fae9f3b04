import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const PROGRAM = new URL('koa-program.ts', import.meta.url).pathname;
const START_DEADLINE_MS = 60_000;

export interface KoaApplication extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** What it has logged so far. */
  log(): string;
  /** SIGTERM; gives the exit code once it is gone. */
  stop(): Promise<number | null>;
  /** SIGKILL; settles once it is gone. */
  kill(): Promise<void>;
}

/** Starts somebody else's Koa application, which has the sessions of the tree in a data folder, as a process of its own. */
export async function startKoaApplication(
  data: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<KoaApplication> {
  const env = { ...process.env, TRELLIS_DATA: data, ...environment };
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  // Not 'exit': what it said last is to be read, too.
  const gone = once(child, 'close');
  const signal = AbortSignal.timeout(START_DEADLINE_MS);
  const lines = createInterface({ input: child.stdout });
  const [port] = await once(lines, 'line', { signal }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    port: Number(port),
    pid: child.pid ?? 0,
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      await gone;
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
