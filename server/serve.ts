import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ChangedTooLate, DiskFull, Problem } from './base/errors.ts';
import { openApp, type App } from './app.ts';
import { BadConfiguration, type Config } from './config.ts';
import { CannotLoad } from './products/loading.ts';
import { CannotOpen } from './storage/cannot-open.ts';

const DRAIN_MS = 10_000;
/** How much longer than its connections take to become quiet a server lasts in which something went wrong. */
const FAULT_MS = 1_500;

/** Starts the server and stays until a signal ends it. What prevents a start is said in a sentence; the exit code is then 1. */
export async function serve(read: () => Config): Promise<void> {
  try {
    const config = read();
    await requirePort(config);
    const app = await openApp(config);
    await listen(app, config);
    const ending = new Ending(app, config);
    endWithSignals(ending);
    endAfterFaults(ending, app);
    console.log(greeting(app, config));
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
}

/** Where this server could not listen, its data folder is left as it is. */
async function requirePort({ host, port }: Config): Promise<void> {
  const trial = createServer().listen(port, host);
  await once(trial, 'listening');
  trial.close();
  await once(trial, 'close');
}

async function listen({ server, background, close }: App, { host, port }: Config): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    // Why it cannot listen is what has to be told.
    await close().catch(() => undefined);
    throw error;
  }
  server.on('error', (error) => background.failed('accept a connection', error));
}

function greeting({ server, administratorToken }: App, { host, origins }: Config): string {
  const { port } = server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const address = `${origins[0] ?? `http://${shown}:${port}`}/manage`;
  if (administratorToken === undefined) return `Trellis is at ${address}`;
  return `Trellis is at ${address} and has no administrator yet. Create one within the hour: ${address}/@administrator#token=${administratorToken}`;
}

function explain(error: unknown): string {
  if (error instanceof BadConfiguration || error instanceof CannotOpen || error instanceof CannotLoad)
    return error.message;
  if (error instanceof Problem) return error.message;
  const { code, syscall, path, port, address, hostname } = error as SystemError;
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use. End the other program, or choose another port: npm start -- --port ${port === 8081 ? 8082 : 8081}`;
  if (code === 'EACCES' && syscall === 'listen')
    return `This user may not listen on port ${port}. Choose one from 1024 up with --port.`;
  if (code === 'EADDRNOTAVAIL' || syscall === 'getaddrinfo')
    return `This machine has no address '${address ?? hostname}' (${code}). Choose another with --host.`;
  if (syscall === 'listen') return `This server cannot listen at '${address}' (${code}). Choose another with --host.`;
  if (DiskFull.isCause(error)) return new DiskFull(error).message;
  if (path !== undefined) return `'${path}' cannot be used (${(error as Error).message}). See to it, and start again.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

type SystemError = NodeJS.ErrnoException & {
  readonly port?: number;
  readonly address?: string;
  readonly hostname?: string;
};

/** The first signal lets requests in flight end; a signal that comes twice (a group and its leader) changes nothing. */
function endWithSignals(ending: Ending): void {
  const end = () => ending.begin(0, DRAIN_MS);
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/**
 * What nobody caught leaves the process in an unknown state: it is logged, and a supervisor starts another. A change that
 * came too late has changed nothing.
 */
function endAfterFaults(ending: Ending, { log }: App): void {
  const fault = (error: unknown) => {
    if (error instanceof ChangedTooLate) log.error({ err: error }, 'A request changed something after it was over');
    else ending.fault(error);
  };
  process.on('uncaughtException', fault);
  process.on('unhandledRejection', fault);
}

/** How the process ends: once, and within its time, whatever fails on the way. */
class Ending {
  readonly #app: App;
  readonly #drainMs: number;
  #code: number | undefined;
  #isFinishing = false;

  constructor(app: App, { drainMs }: Config) {
    this.#app = app;
    this.#drainMs = drainMs;
  }

  /** Drops no request that can be answered within the limit. */
  begin(code: number, limitMs: number): void {
    const isFirst = this.#code === undefined;
    this.#code = Math.max(this.#code ?? 0, code);
    setTimeout(() => this.#cutOff(), limitMs).unref();
    if (!isFirst) return;
    // They would never end by themselves.
    this.#app.channels.close();
    void this.#app.connections.end(this.#drainMs).then(() => this.#finish(0));
  }

  /** The first says why the process ends; what follows from it would only fill the log. */
  fault(error: unknown): void {
    if (this.#code === 1) return;
    this.#app.log.fatal({ err: error }, 'An error that nobody caught ends the server');
    this.begin(1, 2 * this.#drainMs + FAULT_MS);
  }

  #cutOff(): void {
    if (this.#isFinishing) return;
    const { log, connections } = this.#app;
    log.warn({ connections: connections.open }, 'What is under way still did not end in time, and is cut off');
    void this.#finish(1);
  }

  async #finish(code: number): Promise<void> {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    let failed = 0;
    try {
      await this.#app.close();
    } catch (error) {
      failed = 1;
      this.#app.log.error({ err: error }, 'Not everything could be closed as it should be');
    }
    process.exit(Math.max(this.#code ?? 0, code, failed));
  }
}
