import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type RequestListener } from 'node:http';
import { duplexPair } from 'node:stream';

/** How a test asks a server. A body in pieces is sent without its length; where one of them throws, the client goes. */
export interface TestRequest {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer | Iterable<string | Buffer> | AsyncIterable<string | Buffer>;
}

/** What a server answered, whole. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly text: string;
}

export const HOST = '127.0.0.1:8080';

/** Speaks HTTP with whoever answers requests, over a connection of its own that needs no port. */
export async function ask(listener: RequestListener, path: string, asking: TestRequest = {}): Promise<Answered> {
  const { method = 'GET', headers, body = '' } = asking;
  const [client, socket] = duplexPair();
  createServer(listener).emit('connection', socket);
  const asked = request({ createConnection: () => client, method, path, headers: { host: HOST, ...headers } });
  const came = once(asked, 'response') as Promise<[IncomingMessage]>;
  send(asked, body).catch(() => client.destroy());
  const [answer] = await came;
  const bytes = Buffer.concat(await answer.toArray());
  client.destroy();
  return { status: answer.statusCode ?? 0, headers: answer.headers, bytes, text: bytes.toString() };
}

async function send(asked: ReturnType<typeof request>, body: NonNullable<TestRequest['body']>): Promise<void> {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return void asked.end(body);
  for await (const piece of body) asked.write(piece);
  asked.end();
}
