import { Unavailable } from '../base/errors.ts';
import type { Survey } from './cluster/replicated-item.ts';
import type { Member, MemberItem } from './server/server-client.ts';
import type { Check } from './store.ts';
import { isSameWrite } from './version.ts';

/** A server holds a damaged copy, and no other can tell whether what it holds instead is the newest. */
class DamagedCopy extends Unavailable {
  constructor(address: string, key: string) {
    super(`The memcached server ${address} holds a damaged copy of ${key}, and no other is known to be as new.`);
  }
}

/**
 * Copies that do not open. Until it is known which value counts, they are set aside, and their servers have as little to
 * say as those that do not answer.
 */
export class Damage {
  readonly copies = new Map<Member, MemberItem>();
  readonly #survey: Survey;
  readonly #key: string;
  readonly #check: Check | undefined;
  readonly #sound = new Set<MemberItem>();

  constructor(survey: Survey, key: string, check: Check | undefined) {
    this.#survey = survey;
    this.#key = key;
    this.#check = check;
  }

  /** Sets aside what is damaged of what was found by now. Throws where a copy cannot be judged. */
  sift(): void {
    const check = this.#check;
    if (check === undefined) return;
    const doubtful: { readonly member: Member; readonly item: MemberItem; readonly error: unknown }[] = [];
    for (const [member, item] of this.#survey.answers) {
      if (item === undefined || this.#sound.has(item)) continue;
      try {
        if (check(item.value)) this.#sound.add(item);
        else this.#setAside(member, item);
      } catch (error) {
        doubtful.push({ member, item, error });
      }
    }
    for (const { member, item, error } of doubtful) {
      // No two values are of one write: what differs from a good one in its seal or its formats alone is damaged.
      if (!this.#sound.values().some((good) => isSameWrite(good.value, item.value))) throw error;
      this.#setAside(member, item);
    }
  }

  /** Has the servers of damaged copies of this write, or of any, count again: as holding something else. */
  giveBack(write?: MemberItem): void {
    for (const [member, item] of this.copies) {
      if (write !== undefined && !isSameWrite(item.value, write.value)) continue;
      this.#survey.unreachable.delete(member);
      this.#survey.answers.set(member, item);
    }
  }

  /** Whether every server that could be asked was, but for damage. */
  get isAll(): boolean {
    return [...this.#survey.unreachable.keys()].every((member) => this.copies.has(member));
  }

  #setAside(member: Member, item: MemberItem): void {
    this.copies.set(member, item);
    this.#survey.answers.delete(member);
    this.#survey.unreachable.set(member, new DamagedCopy(member.address.text, this.#key));
  }
}
