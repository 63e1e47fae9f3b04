import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type NetConnectOpts } from 'node:net';
import { freezeProcess, wakeProcess } from '../process-state.ts';

export interface MemcachedOptions {
  /** A port to use again, after kill(); a free one otherwise. */
  readonly port?: number;
  /** Where to listen; 127.0.0.1 unless said. */
  readonly host?: string;
  /** Listen on this path instead of a port. */
  readonly socketPath?: string;
  /** Further arguments: `['-M', '-m', '64']`. */
  readonly args?: readonly string[];
}

/** A real memcached of this test's own. Ends with the test (`await using`) and, at the latest, with the process. */
export interface Memcached extends AsyncDisposable {
  readonly port: number;
  /** As a `servers` line: `127.0.0.1:port`, or the path of the socket. */
  readonly address: string;
  readonly pid: number;
  /** SIGKILL; resolves when the process is gone. Start another with the same port to bring the server back, empty. */
  kill(): Promise<void>;
  /** SIGSTOP; resolves when it stands: connections are accepted by the system, nothing is answered. */
  stop(): Promise<void>;
  /** SIGCONT. */
  resume(): void;
  /** Sends one line of memcached's text protocol and gives the lines of the answer, without the closing one. */
  ask(command: string): Promise<readonly string[]>;
  /** Every key on the server, as `lru_crawler metadump hash` lists them. */
  keys(): Promise<readonly string[]>;
}

const START_DEADLINE_MS = 30_000;
const DUMP_DEADLINE_MS = 30_000;
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts memcached and waits until it, and no other process, answers. */
export async function startMemcached(options: MemcachedOptions = {}): Promise<Memcached> {
  const port = options.socketPath === undefined ? (options.port ?? (await freePort())) : 0;
  const target =
    options.socketPath === undefined ? { host: options.host ?? '127.0.0.1', port } : { path: options.socketPath };
  const listen = 'path' in target ? ['-s', target.path] : ['-l', target.host, '-p', String(port)];
  const child = spawn('memcached', ['-u', 'root', '-U', '0', ...listen, ...(options.args ?? [])], { stdio: 'ignore' });
  await once(child, 'spawn');
  running.add(child);
  const gone = once(child, 'exit').then(() => void running.delete(child));
  const memcached = new RunningMemcached(child, gone, port, target);
  await waitUntilReady(memcached, child).catch(async (error: unknown) => {
    await memcached.kill();
    throw error;
  });
  return memcached;
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

class RunningMemcached implements Memcached {
  readonly port: number;
  readonly address: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #target: NetConnectOpts;

  constructor(child: ChildProcess, gone: Promise<void>, port: number, target: NetConnectOpts) {
    this.#child = child;
    this.#gone = gone;
    this.#target = target;
    this.port = port;
    this.pid = child.pid ?? 0;
    this.address = 'path' in target ? target.path : `${'host' in target ? target.host : ''}:${port}`;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  async stop(): Promise<void> {
    await freezeProcess(this.pid);
  }

  resume(): void {
    wakeProcess(this.pid);
  }

  async ask(command: string): Promise<readonly string[]> {
    const socket = connect(this.#target);
    let answer = '';
    socket.setEncoding('latin1').end(`${command}\r\nquit\r\n`);
    for await (const text of socket) answer += text;
    return answer.split('\r\n').filter((line) => line !== '' && line !== 'END');
  }

  async keys(): Promise<readonly string[]> {
    const lines = await this.#dump();
    const keys = lines.flatMap((line) => line.split('\n')).flatMap((line) => /^key=(\S+) /.exec(line)?.[1] ?? []);
    return keys.map(decodeURIComponent);
  }

  /** By hash: in the order of use, an item that moves meanwhile is passed over. memcached walks by itself, too, and is BUSY then. */
  async #dump(): Promise<readonly string[]> {
    const deadline = performance.now() + DUMP_DEADLINE_MS;
    for (;;) {
      const lines = await this.ask('lru_crawler metadump hash');
      if (lines[0]?.startsWith('BUSY') !== true || performance.now() > deadline) return lines;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

async function waitUntilReady(memcached: Memcached, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS;
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`memcached ended with code ${child.exitCode}: is ${memcached.address} in use?`);
    const lines = await memcached.ask('stats').catch((): readonly string[] => []);
    if (lines.includes(`STAT pid ${memcached.pid}`)) return;
    if (performance.now() > deadline) throw new Error(`memcached at ${memcached.address} did not answer in time`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
