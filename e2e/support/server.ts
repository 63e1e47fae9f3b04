import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { putAway } from './chromium/put-away.ts';

export const ADMIN_PASSWORD = 'correct horse battery';

export interface ServerOptions {
  /** A data folder to use and keep; without one, a new one that goes with the server. */
  readonly data?: string;
  /** Needed where TRELLIS_ORIGIN is set: the server then speaks of that address. */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Without an administrator, as a first start is. */
  readonly withoutAdministrator?: boolean;
}

/** A real server process on a free port of the loopback, in a folder of its own. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly data: string;
  readonly pid: number;
  /** What it said on standard output when it was ready. */
  readonly greeting: string;
  /** What it has logged so far. */
  log(): string;
  /** SIGTERM; gives the exit code once it is gone. */
  stop(): Promise<number | null>;
  /** SIGKILL; settles once it is gone. */
  kill(): Promise<void>;
}

/** STORAGE_UNDER_TEST: see server/storage/testing/under-test.ts. */
const MAIN = process.env['STORAGE_UNDER_TEST'] === undefined ? '../../server/main.ts' : './main-under-test.ts';
const START_DEADLINE_MS = 60_000;

/** Starts a server and waits until it says that it listens. One that does not is ended: left, it would keep the test from ending. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'trellis-test-')));
  const environment = environmentOf({ ...options, data });
  const child = spawn(process.execPath, [new URL(MAIN, import.meta.url).pathname], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const greeting = await firstLine(child, () => log).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  const port = options.port ?? Number(/:(\d+)\/manage/.exec(greeting)?.[1]);
  const gone = once(child, 'close'); // When all of its log was read, too.
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
    return child.exitCode;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    data,
    pid: child.pid ?? 0,
    greeting,
    log: () => log,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    async [Symbol.asyncDispose]() {
      putAway(port);
      await end('SIGTERM');
      if (options.data === undefined) await rm(data, { recursive: true, force: true });
    },
  };
}

/** The environment of a server as the options say. */
export function environmentOf(options: ServerOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TRELLIS_PORT: String(options.port ?? 0),
    TRELLIS_DATA: options.data,
    TRELLIS_NAME: 'test',
    TRELLIS_DRAIN_SECONDS: '0.05', // So that tests end soon; those about ending set what is usual.
    ...(options.withoutAdministrator === true ? {} : { TRELLIS_ADMIN_PASSWORD: ADMIN_PASSWORD }),
    ...options.environment,
  };
}

/** The Authorization header of the administrator, for programs. */
export function basic(name = 'admin', password = ADMIN_PASSWORD): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

async function firstLine(child: ChildProcess, log: () => string): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error('The server has no standard output.');
  const lines = createInterface({ input: stdout });
  const deadline = AbortSignal.timeout(START_DEADLINE_MS);
  const line = once(lines, 'line', { signal: deadline }).then(([first]) => String(first));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The server ended with ${String(code)} before it listened:\n${log()}`);
  });
  return Promise.race([line, ended]);
}
