import { CommitUnknown, ConflictError, NotTakenBack } from '../base/errors.ts';

/** Something that takes part in a request's transaction: the tree, the session. */
export interface Participant {
  commit(): Promise<void>;
  /** Takes back what `commit` wrote, because a later participant refused. Only the last participant has none. */
  undo?(): Promise<void>;
  /** Everything is committed: nothing can be taken back any more, so what fails here is only reported. */
  committed?(): void;
  /** Forgets what was changed. */
  abort?(): void;
}

/**
 * One request's changes: all or nothing. Participants are written in the order in which they joined; if one refuses, those
 * before it are put back.
 */
export class Transaction {
  readonly #participants: Participant[] = [];
  readonly #watchers: (() => void)[] = [];
  readonly #report: (error: unknown) => void;
  #isOver = false;

  /** `report` is told of failures that change nothing for the request: others were told first, or it is committed. */
  constructor(report: (error: unknown) => void = () => {}) {
    this.#report = report;
  }

  /** It was committed, or given up: whoever changes something now comes too late. */
  get isOver(): boolean {
    return this.#isOver;
  }

  join(participant: Participant): void {
    if (this.#isOver) throw new Error('This transaction is over: nothing that joins it now would be written.');
    this.#participants.push(participant);
  }

  /** To be called when an answer in pieces was sent, or given up: what it did on the way is known then. */
  watch(sent: () => void): void {
    this.#watchers.push(sent);
  }

  /**
   * Throws what the first participant that refused has thrown; NotTakenBack in place of a conflict that left traces. Where it
   * is unknown whether a participant was written, those before it stay as they are until that is settled.
   */
  async commit(): Promise<void> {
    const written: Participant[] = [];
    try {
      for (const participant of this.#participants) {
        await participant.commit();
        written.push(participant);
      }
    } catch (error) {
      if (error instanceof CommitUnknown) {
        void this.#settle(error.settled, written);
        throw error;
      }
      const isAsBefore = await this.#takeBack(written);
      throw error instanceof ConflictError && !isAsBefore ? new NotTakenBack(error) : error;
    }
    this.#isOver = true;
    this.#tellCommitted(written);
  }

  /** The whole answer was sent, or given up. */
  sent(): void {
    for (const sent of this.#watchers) this.#attempt(sent);
  }

  abort(): void {
    this.#isOver = true;
    for (const participant of this.#participants) this.#attempt(() => participant.abort?.());
  }

  async #settle(settled: Promise<boolean>, written: readonly Participant[]): Promise<void> {
    if (await settled) this.#tellCommitted(written);
    else await this.#takeBack(written);
  }

  #tellCommitted(written: readonly Participant[]): void {
    for (const participant of written) this.#attempt(() => participant.committed?.());
  }

  /** The last first. Says whether all of it could be taken back. */
  async #takeBack(written: readonly Participant[]): Promise<boolean> {
    let isAsBefore = true;
    for (const participant of written.toReversed()) {
      try {
        await participant.undo?.();
      } catch (error) {
        isAsBefore = false;
        this.#report(error);
      }
    }
    return isAsBefore;
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#report(error);
    }
  }
}
