import { ServerUnreachable } from '../errors.ts';
import type { ServerClient } from '../server/server-client.ts';

/** One request to several servers, until as many as are wanted have answered: who answered what, and who could not be asked. */
export class QuorumRead<Answer> {
  readonly answers = new Map<ServerClient, Answer>();
  readonly unreachable = new Map<ServerClient, Error>();
  readonly #request: (server: ServerClient) => Promise<Answer>;
  readonly #unasked: Set<ServerClient>;

  constructor(servers: readonly ServerClient[], request: (server: ServerClient) => Promise<Answer>) {
    this.#unasked = new Set(servers);
    this.#request = request;
  }

  /** Widens the circle. */
  add(servers: readonly ServerClient[]): void {
    for (const server of servers) {
      if (!this.answers.has(server) && !this.unreachable.has(server)) this.#unasked.add(server);
    }
  }

  /** Asks servers in their order, several at once, until `wanted` have answered or none is left. */
  async ask(wanted: number): Promise<void> {
    while (this.answers.size < wanted && this.#unasked.size > 0) {
      const asked: Promise<void>[] = [];
      const missing = wanted - this.answers.size;
      for (const server of this.#unasked) if (asked.length < missing) asked.push(this.#askOne(server));
      await Promise.all(asked);
    }
  }

  /** What to throw where those that could not be asked were needed. */
  get error(): Error {
    return errorOf([...this.unreachable.values()]);
  }

  async #askOne(server: ServerClient): Promise<void> {
    this.#unasked.delete(server);
    try {
      this.answers.set(server, await this.#request(server));
    } catch (error) {
      this.unreachable.set(server, error as Error);
    }
  }
}

/** One error for several servers that were out of reach. */
export function errorOf([first, ...others]: readonly Error[]): Error {
  if (first === undefined) throw new RangeError('Every server answered.');
  if (!(first instanceof ServerUnreachable) || others.length === 0) return first;
  const clauses = others.map((error) =>
    error instanceof ServerUnreachable ? `${error.address} ${error.reason.clause}` : error.message,
  );
  const clause = [first.reason.clause, ...clauses].join('; ');
  return new ServerUnreachable(first.address, { short: first.reason.short, clause }, { cause: first });
}
