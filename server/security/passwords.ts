import { randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { composed } from '../../schema/composed.ts';
import { lengthProblem } from '../../schema/passwords.ts';
import { TooManyRequests } from '../base/errors.ts';
import { Gate } from '../base/gate.ts';
import { isCommonPassword } from './common-passwords.ts';

/** What a hash costs. Kept with each hash, so that it can be raised later. */
interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

const CURRENT: Cost = { memoryKib: 19 * 1024, passes: 2, lanes: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

// Hashing takes a thread of the pool that also reads files and resolves names; two at a time leave it room.
const RUNNING = 2;
const WAITING = 50;
const WAIT_S = 2;

/** Why this cannot be the password of that user, as a sentence, or nothing where it can. */
export function checkPassword(password: string, userName: string): string | undefined {
  const length = lengthProblem(password);
  if (length !== undefined) return length;
  if (!password.isWellFormed()) return 'The password contains half a character. Type it again.';
  if (isCommonPassword(password, [userName])) {
    return 'This password is among the first that are guessed. Choose one that is less common.';
  }
  return undefined;
}

/** Makes and checks password hashes: argon2id, in the usual text form with its cost. Two at a time; the rest wait. */
export class Passwords {
  readonly #cost: Cost;
  readonly #gate = new Gate(RUNNING, WAITING, tooMany);

  constructor(cost: Cost = CURRENT) {
    this.#cost = cost;
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    return print(this.#cost, salt, await this.#gate.pass(() => compute(password, salt, this.#cost)));
  }

  /**
   * Whether the password belongs to the hash. Without a hash the work is the same and the answer no. `allow` is asked when
   * the turn has come, right before the work; it throws to refuse.
   */
  async matches(password: string, hash: string | undefined, allow?: () => Promise<void> | void): Promise<boolean> {
    const known =
      hash === undefined ? { cost: this.#cost, salt: Buffer.alloc(SALT_BYTES), hash: undefined } : parse(hash);
    const computed = await this.#gate.pass(async () => {
      await allow?.();
      return compute(password, known.salt, known.cost);
    });
    return known.hash !== undefined && timingSafeEqual(known.hash, computed);
  }

  /** Whether a hash was made at another cost than new ones are. */
  isOutdated(hash: string): boolean {
    const { cost } = parse(hash);
    const { memoryKib, passes, lanes } = this.#cost;
    return cost.memoryKib !== memoryKib || cost.passes !== passes || cost.lanes !== lanes;
  }
}

function tooMany(): TooManyRequests {
  return new TooManyRequests(`Too many people are signing in. Wait ${WAIT_S} s.`, WAIT_S);
}

async function compute(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  // Looked up when it is needed: the Node of an application that only uses sessions may not have it.
  const { argon2 } = await import('node:crypto');
  return promisify(argon2)('argon2id', {
    // An accented letter is the same whether a keyboard sends one character for it or two.
    message: composed(password),
    nonce: salt,
    memory: cost.memoryKib,
    passes: cost.passes,
    parallelism: cost.lanes,
    tagLength: HASH_BYTES,
  });
}

function print(cost: Cost, salt: Buffer, hash: Buffer): string {
  const numbers = `m=${cost.memoryKib},t=${cost.passes},p=${cost.lanes}`;
  return `$argon2id$v=19$${numbers}$${unpadded(salt)}$${unpadded(hash)}`;
}

function parse(text: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(text);
  if (found === null) throw new Error('A stored password hash is damaged. Set a new password for this user.');
  const [, memoryKib, passes, lanes, salt = '', hash = ''] = found;
  const cost = { memoryKib: Number(memoryKib), passes: Number(passes), lanes: Number(lanes) };
  return { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
