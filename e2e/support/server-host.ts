import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putAway } from './chromium/put-away.ts';
import { environmentOf, type TestServer } from './server.ts';

export interface HostedServer extends Omit<TestServer, 'greeting' | 'pid' | 'stop'> {
  stop(): Promise<unknown>;
}

const DEADLINE_MS = 60_000;

/**
 * A process that opens one server after another, each whole: with data, port, connections and threads of its own. Only the
 * modules are loaded once, which is most of what a start takes. A server that is killed takes the process with it, and the
 * next one gets another.
 */
export class ServerHost implements AsyncDisposable {
  #process: HostProcess | undefined;

  async open(environment: Readonly<Record<string, string>> = {}): Promise<HostedServer> {
    const data = await mkdtemp(join(tmpdir(), 'trellis-test-'));
    if (this.#process?.isGone !== false) this.#process = new HostProcess();
    const host = this.#process;
    const logged = host.log.length;
    const port = await host.open(environmentOf({ data, environment }));
    let isOpen = true;
    const stop = async () => {
      if (isOpen && !host.isGone) await host.close();
      isOpen = false;
    };
    return {
      url: `http://127.0.0.1:${port}`,
      port,
      data,
      log: () => host.log.slice(logged),
      stop,
      kill: () => host.kill(),
      async [Symbol.asyncDispose]() {
        putAway(port);
        await stop();
        await rm(data, { recursive: true, force: true });
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.kill();
  }
}

/** The process of hosted.ts. */
class HostProcess {
  log = '';
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;

  constructor() {
    const file = new URL('hosted.ts', import.meta.url).pathname;
    this.#child = fork(file, { execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    this.#gone = once(this.#child, 'close');
  }

  get isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Gives the port at which the server listens. */
  async open(environment: NodeJS.ProcessEnv): Promise<number> {
    return (await this.#ask({ environment })).port ?? 0;
  }

  async close(): Promise<void> {
    await this.#ask({});
  }

  async kill(): Promise<void> {
    if (!this.isGone) this.#child.kill('SIGKILL');
    await this.#gone;
  }

  async #ask(what: { readonly environment?: NodeJS.ProcessEnv }): Promise<{ readonly port?: number }> {
    const tooLate = () => [{ error: `It did not answer within ${DEADLINE_MS / 1000} s.` }];
    const answered = once(this.#child, 'message', { signal: AbortSignal.timeout(DEADLINE_MS) }).catch(tooLate);
    this.#child.send(what);
    const ended = this.#gone.then(() => [{ error: 'It ended.' }]);
    const [answer] = (await Promise.race([answered, ended])) as [{ port?: number; error?: string }];
    if (answer.error === undefined) return answer;
    await this.kill();
    throw new Error(`The host of servers: ${answer.error}\n${this.log}`);
  }
}
