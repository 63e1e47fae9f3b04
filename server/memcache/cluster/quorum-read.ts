import { ServerUnreachable } from '../errors.ts';
import type { Member } from '../server/server-client.ts';

/** One question to several servers: who answered what, and who could not be asked. */
export class Inquiry<Answer> {
  readonly answers = new Map<Member, Answer>();
  readonly unreachable = new Map<Member, Error>();
  readonly #question: (member: Member) => Promise<Answer>;
  readonly #unasked: Set<Member>;

  constructor(members: readonly Member[], question: (member: Member) => Promise<Answer>) {
    this.#unasked = new Set(members);
    this.#question = question;
  }

  /** Widens the circle. */
  add(members: readonly Member[]): void {
    for (const member of members) {
      if (!this.answers.has(member) && !this.unreachable.has(member)) this.#unasked.add(member);
    }
  }

  /** Asks servers in their order, several at once, until `wanted` have answered or none is left. */
  async ask(wanted: number): Promise<void> {
    while (this.answers.size < wanted && this.#unasked.size > 0) {
      const asked: Promise<void>[] = [];
      const missing = wanted - this.answers.size;
      for (const member of this.#unasked) if (asked.length < missing) asked.push(this.#askOne(member));
      await Promise.all(asked);
    }
  }

  /** What to throw where those that could not be asked were needed. */
  get error(): Error {
    return errorOf([...this.unreachable.values()]);
  }

  async #askOne(member: Member): Promise<void> {
    this.#unasked.delete(member);
    try {
      this.answers.set(member, await this.#question(member));
    } catch (error) {
      this.unreachable.set(member, error as Error);
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
