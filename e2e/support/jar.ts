/** The session cookies that one browser was ever given, for tests that send any of them again. */
export class Jar {
  readonly #name: string;
  /** Oldest first; of the one that the browser would send now, whether it still has it. */
  readonly #values: string[] = [];
  #hasOne = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** How many it was given. */
  get size(): number {
    return this.#values.length;
  }

  /** What to send: the cookie at hand (0), or the one so many before the last. */
  headers(back: number): Readonly<Record<string, string>> {
    const value = this.#values.at(-1 - back);
    return value === undefined || (back === 0 && !this.#hasOne) ? {} : { cookie: `${this.#name}=${value}` };
  }

  /** Takes the cookies of an answer; gives their lines. */
  keep(lines: readonly string[] = []): readonly string[] {
    for (const line of lines) {
      const value = line.slice(this.#name.length + 1).split(';')[0] ?? '';
      this.#hasOne = value !== '';
      if (this.#hasOne && this.#values.at(-1) !== value) this.#values.push(value);
    }
    return lines;
  }
}

/** Tells Set-Cookie lines of two applications apart by what matters: ids are random, and time passes. */
export class CookieNames {
  readonly #known = new Map<string, number>();

  /** The line with its value by number, in the order of appearance, and its end in hours from now. */
  in(line: string): string {
    const [pair = '', ...attributes] = line.split(';');
    const value = pair.slice(pair.indexOf('=') + 1);
    if (value !== '' && !this.#known.has(value)) this.#known.set(value, this.#known.size);
    const ends = attributes.map((each) => each.trim().replace(/^expires=(.*)$/i, (_, date: string) => hoursTo(date)));
    return [value === '' ? 'dropped' : this.#known.get(value), ...ends].join('; ');
  }
}

function hoursTo(date: string): string {
  return `expires=${Math.round((Date.parse(date) - Date.now()) / 3_600_000)}`;
}
