import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { Me } from '../../../schema/endpoints/sign-in.ts';
import { checkAnswer } from '../answers.ts';
import { BROWSER_ID, PLAIN_BROWSER_ID } from '../cookie-names.ts';
import { basic } from '../server.ts';

/** What came back, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly tookMs: number;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

// A connection is given up well before the server does so, though this process should be held up in between.
const agent = new Agent({ keepAlive: true, agentKeepAliveTimeoutBuffer: 4_000 });
const DEADLINE_MS = 60_000;

/** Sends one request to a server on this machine. Fails only where no whole answer comes. */
export async function ask(port: number, path: string, asked: Asked = {}): Promise<Answer> {
  const { headers = {}, body } = asked;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const method = asked.method ?? (payload === undefined ? 'GET' : 'POST');
  const sent = payload === undefined ? headers : { 'content-type': 'application/json', ...headers };
  const began = performance.now();
  const answer = await new Promise<Answer>((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: payload === undefined ? sent : { ...sent, 'content-length': String(Buffer.byteLength(payload)) },
      agent,
      timeout: DEADLINE_MS,
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${path} was not answered in ${DEADLINE_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text,
          tookMs: performance.now() - began,
        });
      });
    });
    outgoing.end(payload);
  });
  checkAnswer(method, path, answer);
  return answer;
}

/** Whether somebody takes connections there. */
export function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

/** Asks as the administrator, and fails where the answer is no success. Gives the body. */
export async function administer<T = unknown>(port: number, path: string, asked: Asked = {}): Promise<T> {
  const answer = await ask(port, path, { ...asked, headers: { authorization: basic(), ...asked.headers } });
  if (answer.status >= 300) throw new Error(`${asked.method ?? ''} ${path}: ${answer.status} ${answer.text}`);
  return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
}

/** A browser: it keeps its cookies, and it visits stepped pages. */
export class Visitor {
  readonly cookies: Map<string, string>;
  /** The server that the next request goes to. */
  port: number;

  constructor(server: { readonly port: number }, cookies: Iterable<readonly [string, string]> = []) {
    this.port = server.port;
    this.cookies = new Map(cookies);
  }

  /** The value of its browser id cookie; empty before it has one. */
  get browserId(): string {
    return [...this.cookies].find(([name]) => BROWSER_ID.test(name) || PLAIN_BROWSER_ID.test(name))?.[1] ?? '';
  }

  /** Another browser with the same cookies, perhaps at another server. */
  copy(server: { readonly port: number } = this): Visitor {
    return new Visitor(server, this.cookies);
  }

  /** GETs a page, which does the steps. */
  visit(page: string, ...steps: readonly string[]): Promise<Answer> {
    return this.ask(`${page}?${steps.map((step) => `do=${encodeURIComponent(step)}`).join('&')}`);
  }

  /** POSTs the steps to a page. */
  post(page: string, ...steps: readonly string[]): Promise<Answer> {
    return this.ask(`/api${page}/@steps`, { body: { steps } });
  }

  signIn(name: string, password: string): Promise<Answer> {
    return this.ask('/api/@login', { body: { name, password } });
  }

  /** Who the server takes it for. */
  async user(): Promise<string | null> {
    return (JSON.parse((await this.ask('/api/@me')).text) as Me).user;
  }

  async ask(path: string, asked: Asked = {}): Promise<Answer> {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const origin = `http://127.0.0.1:${this.port}`;
    const headers = { origin, ...(cookie === '' ? {} : { cookie }), ...asked.headers };
    const answer = await ask(this.port, path, { ...asked, headers });
    for (const line of answer.headers['set-cookie'] ?? []) this.keep(line);
    return answer;
  }

  /** Takes a Set-Cookie line. */
  protected keep(line: string): void {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** A browser that keeps no Secure cookies by http, whatever the host: Safari, which does not except its own machine. */
export class DroppingVisitor extends Visitor {
  protected override keep(line: string): void {
    if (!/; *secure(;|$)/i.test(line)) super.keep(line);
  }
}

/** What each step of a successful visit gave. */
export function resultsOf(answer: Answer): readonly unknown[] {
  if (answer.status !== 200) throw new Error(`The page answered ${answer.status}: ${answer.text}`);
  return (JSON.parse(answer.text) as { results: readonly unknown[] }).results;
}

/** The result of a visit with one step. */
export function resultOf(answer: Answer): unknown {
  return resultsOf(answer)[0];
}
