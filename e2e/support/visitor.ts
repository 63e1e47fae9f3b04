import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { basic } from './server.ts';

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

const agent = new Agent({ keepAlive: true });
const DEADLINE_MS = 20_000;

/** Sends one request to a server on this machine. Fails only where no whole answer comes. */
export function ask(port: number, path: string, { method, headers = {}, body }: Asked = {}): Promise<Answer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const sent = payload === undefined ? headers : { 'content-type': 'application/json', ...headers };
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      path,
      method: method ?? (payload === undefined ? 'GET' : 'POST'),
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
}

/** Asks as the administrator, and fails where the answer is no success. Gives the body. */
export async function administer<T = unknown>(port: number, path: string, asked: Asked = {}): Promise<T> {
  const answer = await ask(port, path, { ...asked, headers: { authorization: basic(), ...asked.headers } });
  if (answer.status >= 300) throw new Error(`${asked.method ?? ''} ${path}: ${answer.status} ${answer.text}`);
  return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
}

/** A browser that is nobody: it keeps its cookies and visits stepped pages. */
export class Visitor {
  /** The Cookie header: empty before the first cookie. */
  cookie: string;
  /** The server that the next request goes to. */
  port: number;

  constructor(server: { readonly port: number }, cookie = '') {
    this.port = server.port;
    this.cookie = cookie;
  }

  /** GETs a page, which does the steps. */
  async visit(page: string, ...steps: readonly string[]): Promise<Answer> {
    const query = steps.map((step) => `do=${encodeURIComponent(step)}`).join('&');
    return this.#keeping(await ask(this.port, `${page}?${query}`, { headers: this.#headers() }));
  }

  /** POSTs the steps to a page. */
  async post(page: string, ...steps: readonly string[]): Promise<Answer> {
    const headers = { ...this.#headers(), origin: `http://127.0.0.1:${this.port}` };
    return this.#keeping(await ask(this.port, `/api${page}/@steps`, { headers, body: { steps } }));
  }

  #headers(): Record<string, string> {
    return this.cookie === '' ? {} : { cookie: this.cookie };
  }

  #keeping(answer: Answer): Answer {
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair = ''] = line.split(';');
      this.cookie = pair.endsWith('=') ? '' : pair;
    }
    return answer;
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
