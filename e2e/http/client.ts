import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { checkAnswer } from '../support/answers.ts';
import { basic } from '../support/server.ts';

/** What came back, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON, taken to be what the caller expects. */
  json<T = Json>(): T;
}

export type Json = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string | Buffer;
}

/** Sends requests to one server, with headers that all of them carry. */
export type Client = (path: string, asked?: Asked) => Promise<Answer>;

/** A connection that was idle for a second is not used again: the server may be closing it. */
const agent = new Agent({ keepAlive: true, maxSockets: 8, agentKeepAliveTimeoutBuffer: 4_000 });
const DEADLINE_MS = 60_000;

/** A client of a server. Paths are sent as they are: nothing is normalised, encoded or followed. */
export function clientOf(server: { readonly port: number }, standing: Asked['headers'] = {}): Client {
  return (path, asked = {}) => send(server.port, path, { ...asked, headers: { ...standing, ...asked.headers } });
}

/** A client with the rights of the administrator. */
export function managerOf(server: { readonly port: number }): Client {
  return clientOf(server, { authorization: basic() });
}

/** The headers by which a browser says that a request comes from the server's own pages. */
export function sameOrigin(server: { readonly url: string }): { origin: string; 'sec-fetch-site': string } {
  return { origin: server.url, 'sec-fetch-site': 'same-origin' };
}

/** The `name=value` part of each cookie that an answer sets. */
export function cookiesOf(answer: Answer): string {
  return (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
}

/** Runs work on all of the items, a few at a time. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>, atOnce = 8): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function send(port: number, path: string, asked: Asked): Promise<Answer> {
  const payload = asked.raw ?? (asked.body === undefined ? undefined : JSON.stringify(asked.body));
  const method = asked.method ?? (payload === undefined ? 'GET' : 'POST');
  const headers = headersFor(asked, payload);
  const answer = await new Promise<Answer>((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, method, headers, agent, timeout: DEADLINE_MS },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => resolve(answerOf(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks))));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path} was not answered in time`)));
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
  checkAnswer(method, path, answer);
  return answer;
}

function headersFor({ headers = {}, body }: Asked, payload: string | Buffer | undefined): Record<string, string> {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const length = payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) };
  const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...type, ...length, ...Object.fromEntries(given) };
}

function answerOf(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Answer {
  const text = bytes.toString('utf8');
  return { status, headers, text, json: <T>() => JSON.parse(text) as T };
}
