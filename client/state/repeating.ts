import { TaskStatus, type Task } from '@lit/task';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { hasEnded } from './ended.ts';

/** What takes long is done so much more rarely that it is under way for a tenth of the time at most. */
const RESTS = 9;

/**
 * Does something again and again while its element is on a page that is looked at: a hidden page rests, and catches up as
 * soon as it is shown. While nobody is signed in any more, it is left out.
 */
export class Repeating implements ReactiveController {
  readonly #everyMs: number;
  readonly #run: () => unknown;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = 0;
  #isConnected = false;

  constructor(host: ReactiveControllerHost, everyMs: number, run: () => unknown) {
    this.#everyMs = everyMs;
    this.#run = run;
    host.addController(this);
  }

  /** When it is done next, in milliseconds since 1970. */
  get due(): number {
    return this.#due;
  }

  protected get isLeftOut(): boolean {
    return hasEnded.get();
  }

  /** Counts from now: what it repeats was just done for another reason. */
  restart(): void {
    this.#due = Date.now() + this.#everyMs;
    this.#schedule();
  }

  hostConnected(): void {
    this.#isConnected = true;
    document.addEventListener('visibilitychange', this.#schedule);
    this.restart();
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    document.removeEventListener('visibilitychange', this.#schedule);
    clearTimeout(this.#timer);
  }

  readonly #schedule = (): void => {
    clearTimeout(this.#timer);
    if (!this.#isConnected || document.visibilityState !== 'visible') return;
    this.#timer = setTimeout(this.#again, Math.max(0, this.#due - Date.now()));
  };

  readonly #again = (): void => {
    this.restart();
    const begun = Date.now();
    void Promise.try(() => (this.isLeftOut ? undefined : this.#run()))
      // What fails is shown where it was asked for.
      .catch(() => undefined)
      .then(() => this.#rest(RESTS * (Date.now() - begun)));
  };

  #rest(ms: number): void {
    if (Date.now() + ms <= this.#due) return;
    this.#due = Date.now() + ms;
    this.#schedule();
  }
}

/** Runs a task again and again, and whenever somebody wants it: one run at a time. */
export class RepeatingTask extends Repeating {
  readonly #task: Pick<Task, 'status' | 'run'>;

  constructor(host: ReactiveControllerHost, everyMs: number, task: Pick<Task, 'status' | 'run'>) {
    super(host, everyMs, () => this.check());
    this.#task = task;
  }

  get isChecking(): boolean {
    return this.#task.status === TaskStatus.PENDING;
  }

  readonly check = (): Promise<void> | undefined => {
    if (this.isChecking) return undefined;
    this.restart();
    return this.#task.run();
  };
}

/** Draws its element anew each second, for figures that count. */
export class Ticking extends Repeating {
  constructor(host: ReactiveControllerHost) {
    super(host, 1000, () => host.requestUpdate());
  }

  protected override get isLeftOut(): boolean {
    return false;
  }
}
