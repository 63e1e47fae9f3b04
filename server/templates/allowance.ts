import { LIMITS } from './limits.ts';
import { Markup } from './values/markup.ts';

const STEPS_BETWEEN_LOOKS = 64;

/** A rendering took more than it may. */
export class OverLimit extends Error {
  constructor(what: string) {
    super(`it takes more than a page may: ${what}`);
  }
}

/** How much work this thread has done since it began. */
export function workMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** What one rendering may still take. Counts as the engine goes; the server watches the thread from outside as well. */
export class Allowance {
  readonly #began = workMs();
  #steps = 0;
  #values = 0;

  /** Called by the engine for each tag, output and piece of text. */
  readonly check = (): void => {
    this.#steps += 1;
    if (this.#steps > LIMITS.steps) throw new OverLimit(`${LIMITS.steps.toLocaleString('en')} steps.`);
    if (this.#steps % STEPS_BETWEEN_LOOKS === 0 && workMs() - this.#began > LIMITS.workMs) {
      throw new OverLimit(`${LIMITS.workMs} ms of work.`);
    }
  };

  /** Called by filters with the characters or elements that they are about to make. */
  readonly use = (count: number): void => {
    if (!(count > 0)) return;
    if (count > LIMITS.valueSize)
      throw new OverLimit(`a value of ${LIMITS.valueSize.toLocaleString('en')} characters.`);
    this.#values += count;
    if (this.#values > LIMITS.allValues) throw new OverLimit('too many values made by filters.');
  };

  /**
   * Refuses what would be too much as one text. The heap's own limit does not do this: one allocation that is large
   * enough passes it, or ends the whole process.
   */
  measure(value: unknown): void {
    let size = 0;
    const waiting: unknown[] = [value];
    while (waiting.length > 0) {
      const last = waiting.pop();
      const each = last instanceof Markup ? last.html : last;
      size += typeof each === 'string' ? each.length : 1;
      if (size > LIMITS.valueSize)
        throw new OverLimit(`a value of ${LIMITS.valueSize.toLocaleString('en')} characters.`);
      if (Array.isArray(each)) for (const element of each) waiting.push(element);
    }
  }
}

/** Text that is written, up to a limit. Also what `capture` writes into. */
export class BoundedText {
  buffer = '';

  write(text: string): void {
    if (this.buffer.length + text.length > LIMITS.outputBytes) throw new OverLimit(OUTPUT);
    this.buffer += text;
  }
}

export const OUTPUT = '1 MiB of output.';
