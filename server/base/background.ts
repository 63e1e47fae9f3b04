import type { Log } from './log.ts';

/**
 * Work that no caller waits for: timers, events, and what a request notes in passing. What fails there reaches nobody, so
 * the log says it: once when a task begins to fail and once when it succeeds again, however often it is tried.
 */
export class Background {
  readonly #log: Log;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #underWay = new Set<string>();
  readonly #failing = new Set<string>();
  #isClosed = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Does a task, unless it is under way still. Its name completes "could not": 'note the use of a login'. Never throws. */
  do(task: string, work: () => unknown): void {
    if (this.#isClosed || this.#underWay.has(task)) return;
    this.#underWay.add(task);
    void this.#try(task, work);
  }

  /** Does a task now and then again and again. It keeps no process from ending. */
  every(ms: number, task: string, work: () => unknown): void {
    this.#timers.add(setInterval(() => this.do(task, work), ms).unref());
    this.do(task, work);
  }

  /** Notes that a task failed of which only events tell. */
  failed(task: string, error: unknown): void {
    if (this.#isClosed || this.#failing.has(task)) return;
    this.#failing.add(task);
    this.#log.warn({ err: error }, `Could not ${task}. It is tried again; this is said once`);
  }

  /** Ends the timers. What is under way goes on, and nothing more is said of it. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #try(task: string, work: () => unknown): Promise<void> {
    try {
      const result = work();
      if (result instanceof Promise) await result;
      this.#succeeded(task);
    } catch (error) {
      this.failed(task, error);
    } finally {
      this.#underWay.delete(task);
    }
  }

  #succeeded(task: string): void {
    if (this.#failing.delete(task) && !this.#isClosed) this.#log.warn(`Could ${task} again`);
  }
}
