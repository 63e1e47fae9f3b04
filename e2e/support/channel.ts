import { request, type IncomingMessage } from 'node:http';
import { until } from './figures.ts';

/** A channel of server-sent events, as a page opens it. */
export class OpenChannel implements Disposable {
  readonly status: number;
  /** What was told, kind by kind, in the order in which it came. */
  readonly kinds: string[] = [];
  /** How many comments came. */
  comments = 0;
  /** Whether the server has ended it, as opposed to having broken it. */
  isEnded = false;
  text = '';
  readonly #answer: IncomingMessage;

  private constructor(answer: IncomingMessage) {
    this.#answer = answer;
    this.status = answer.statusCode ?? 0;
    answer.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    answer.on('end', () => (this.isEnded = true)).on('error', () => undefined);
  }

  static async open(
    { port }: { readonly port: number },
    headers: Readonly<Record<string, string>>,
  ): Promise<OpenChannel> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const asked = { host: '127.0.0.1', port, path: '/api/@events', agent: false, timeout: 60_000 };
    request({ ...asked, headers: { accept: 'text/event-stream', ...headers } }, resolve)
      .on('error', reject)
      .end();
    const channel = new OpenChannel(await promise);
    if (channel.status === 200) await until('the channel is open', async () => channel.text !== '');
    return channel;
  }

  async untilTold(kind: string): Promise<void> {
    await until(`an event of ${kind}`, async () => this.kinds.includes(kind));
  }

  async untilEnded(): Promise<void> {
    await until('the channel is closed', async () => this.isEnded);
  }

  /** Forgets what was told. */
  clear(): void {
    this.kinds.length = 0;
  }

  [Symbol.dispose](): void {
    this.#answer.destroy();
  }

  #take(chunk: string): void {
    this.text += chunk;
    for (const [, kinds = ''] of chunk.matchAll(/^data: (.*)$/gm)) this.kinds.push(...kinds.split(' '));
    this.comments += chunk.match(/^:$/gm)?.length ?? 0;
  }
}
