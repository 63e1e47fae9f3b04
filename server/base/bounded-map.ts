/**
 * A map that forgets. What was not asked for while `size` others were is dropped, so it never holds more than twice
 * `size`. Two generations cost less than an exact order of use.
 */
export class BoundedMap<Key, Value extends {}> {
  readonly #size: number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: Key): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const aged = this.#old.get(key);
    if (aged !== undefined) this.set(key, aged);
    return aged;
  }

  set(key: Key, value: Value): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#size) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }

  keys(): readonly Key[] {
    return [...new Set([...this.#old.keys(), ...this.#young.keys()])];
  }

  /** All that it holds; looking at it counts as asking for none of it. */
  entries(): readonly (readonly [Key, Value])[] {
    return [...new Map([...this.#old, ...this.#young])];
  }
}
