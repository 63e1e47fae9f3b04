/** Something that takes part in a request's transaction: the tree, the session. */
export interface Participant {
  commit(): Promise<void>;
  /** Takes back what `commit` wrote, because a later participant refused. Only the last participant has none. */
  undo?(): Promise<void>;
  /** Everything is committed: nothing can be taken back any more. */
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

  join(participant: Participant): void {
    this.#participants.push(participant);
  }

  async commit(): Promise<void> {
    const written: Participant[] = [];
    for (const participant of this.#participants) {
      try {
        await participant.commit();
      } catch (error) {
        for (const earlier of written.reverse()) await earlier.undo?.();
        throw error;
      }
      written.push(participant);
    }
    for (const participant of written) participant.committed?.();
  }

  abort(): void {
    for (const participant of this.#participants) participant.abort?.();
  }
}
