import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Problem } from './base/errors.ts';
import { openApp, type App } from './app.ts';
import { BadConfiguration, readConfig, type Config } from './config.ts';
import { CannotLoad } from './products/loading.ts';
import { CannotOpen } from './storage/open.ts';

const DRAIN_MS = 10_000;

/** Starts the server and stays until a signal ends it. What prevents a start is said in a sentence; the exit code is then 1. */
export async function serve(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  try {
    const config = readConfig(args, environment);
    const app = await openApp(config);
    await listen(app, config);
    console.log(greeting(app, config));
    endWithSignals(app);
    endAfterFaults(app);
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
}

async function listen({ server, close }: App, { host, port }: Config): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    close();
    throw error;
  }
}

function greeting({ server, administratorToken }: App, { host, origin }: Config): string {
  const { port } = server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const address = `${origin ?? `http://${shown}:${port}`}/manage`;
  if (administratorToken === undefined) return `Trellis is at ${address}`;
  return `Trellis is at ${address} and has no administrator yet. Create one within the hour: ${address}/@administrator#token=${administratorToken}`;
}

function explain(error: unknown): string {
  if (error instanceof BadConfiguration || error instanceof CannotOpen || error instanceof CannotLoad)
    return error.message;
  if (error instanceof Problem)
    return `The administrator's password was refused: ${error.message} Set TRELLIS_ADMIN_PASSWORD to another.`;
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use. End the other program, or choose another port with --port.`;
  if (code === 'EACCES') return `This user may not listen on port ${port}. Choose one from 1024 up with --port.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `This machine has no address '${address ?? ''}'. Choose another with --host.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The first signal lets requests in flight end; a signal that comes twice (a group and its leader) changes nothing. */
function endWithSignals(app: App): void {
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    // Clients that keep asking on an open connection are told to open another, at whoever serves next.
    app.server.prependListener('request', (_, response) => response.setHeader('connection', 'close'));
    app.server.close(() => finish(app, 0));
    app.server.closeIdleConnections();
    setTimeout(() => finish(app, 1), DRAIN_MS).unref();
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/** What nobody caught leaves the process in an unknown state: it is logged, and a supervisor starts another. */
function endAfterFaults(app: App): void {
  const fault = (error: unknown) => {
    app.log.fatal({ err: error }, 'An error that nobody caught ends the server');
    process.exitCode = 1;
    app.server.close(() => finish(app, 1));
    app.server.closeIdleConnections();
    setTimeout(() => finish(app, 1), 1000).unref();
  };
  process.on('uncaughtException', fault);
  process.on('unhandledRejection', fault);
}

function finish(app: App, code: number): void {
  app.close();
  process.exit(code);
}
