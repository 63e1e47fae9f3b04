/**
 * Which of several servers holds a key: rendezvous hashing. Every server gets a score for the key, and the highest comes
 * first. It depends on the names alone, not on their order; a fourth server takes a quarter of the keys and moves no other.
 */
export class Placement {
  readonly #seeds: readonly number[];

  constructor(names: readonly string[]) {
    this.#seeds = names.map((name) => mix(hash(name) ^ SEED));
  }

  /** The index of the first place. */
  first(key: string): number {
    const keyHash = hash(key);
    let best = 0;
    let bestScore = -1;
    for (let index = 0; index < this.#seeds.length; index++) {
      const score = mix(keyHash ^ (this.#seeds[index] ?? 0));
      if (score > bestScore) {
        best = index;
        bestScore = score;
      }
    }
    return best;
  }

  /** All indexes, first place first. */
  order(key: string): number[] {
    const keyHash = hash(key);
    const scores = this.#seeds.map((seed) => mix(keyHash ^ seed));
    return scores.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  }
}

const SEED = 0x5bd1e995;

/** FNV-1a over the characters. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(value);
}

/** Spreads 32 bits so that each of them decides about every other (the finalizer of MurmurHash3). */
function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
