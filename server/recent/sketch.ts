/**
 * How many different keys were seen, told from 4,096 small numbers instead of the keys (HyperLogLog): off by 1.6 % as a rule,
 * by less the fewer they are. What several processes saw can be united, and a key that both saw counts once.
 *
 * A key ends with 43 characters of base64url, a hash: the first two choose a number, and how many zero bits follow is what
 * it remembers the largest of.
 */
export class Sketch {
  readonly #numbers: Uint8Array;

  constructor(numbers = new Uint8Array(COUNT)) {
    this.#numbers = numbers;
  }

  /** Says whether that changed anything. */
  add(key: string): boolean {
    const at = key.length - HASH_LENGTH;
    if (at < 0) return false;
    const index = valueAt(key, at) * 64 + valueAt(key, at + 1);
    let zeros = 0;
    for (let next = at + 2; next < at + 2 + RANKED; next++) {
      const value = valueAt(key, next);
      zeros += Math.clz32(value) - 26;
      if (value !== 0) break;
    }
    if (this.#numbers[index]! > zeros) return false;
    this.#numbers[index] = zeros + 1;
    return true;
  }

  /** Takes in what another saw. */
  unite(other: Sketch): this {
    for (let index = 0; index < COUNT; index++) {
      const theirs = other.#numbers[index]!;
      if (theirs > this.#numbers[index]!) this.#numbers[index] = theirs;
    }
    return this;
  }

  copy(): Sketch {
    return new Sketch(this.#numbers.slice());
  }

  /** By Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), algorithm 6. */
  get estimate(): number {
    const having = new Uint16Array(LARGEST + 1);
    for (const number of this.#numbers) having[number]! += 1;
    let z = COUNT * tau(1 - having[LARGEST]! / COUNT);
    for (let number = LARGEST - 1; number >= 1; number--) z = 0.5 * (z + having[number]!);
    z += COUNT * sigma(having[0]! / COUNT);
    return (COUNT * COUNT) / (2 * Math.LN2 * z);
  }

  /** Those that are not zero while they are few, else one character for each. */
  toText(): string {
    let sparse = SPARSE;
    for (let index = 0; index < COUNT && sparse.length < COUNT; index++) {
      const number = this.#numbers[index]!;
      if (number > 0) sparse += ALPHABET[index >> 6]! + ALPHABET[index & 63]! + ALPHABET[number]!;
    }
    if (sparse.length < COUNT) return sparse;
    return DENSE + Array.from(this.#numbers, (number) => ALPHABET[number]).join('');
  }

  static fromText(text: string): Sketch {
    const sketch = new Sketch();
    const isSparse = text.startsWith(SPARSE);
    for (let at = 1; at < text.length; at += isSparse ? 3 : 1) {
      const index = isSparse ? valueAt(text, at) * 64 + valueAt(text, at + 1) : at - 1;
      sketch.#numbers[index] = valueAt(text, isSparse ? at + 2 : at);
    }
    return sketch;
  }
}

const COUNT = 4_096;
const HASH_LENGTH = 43;
/** So many characters are looked at for zeros: 36 bits, enough for any number of sessions. */
const RANKED = 6;
const LARGEST = RANKED * 6 + 1;
const SPARSE = 's';
const DENSE = 'd';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, ALPHABET.indexOf(String.fromCharCode(code))));

function valueAt(text: string, at: number): number {
  return VALUES[text.charCodeAt(at)] ?? 0;
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let [x, y, z, before] = [share, 1, share, NaN];
  while (z !== before) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [x, y, z, before] = [share, 1, 1 - share, NaN];
  while (z !== before) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
