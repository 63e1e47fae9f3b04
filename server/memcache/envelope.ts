import { Unavailable, type Problem } from '../base/errors.ts';
import type { Sealer } from '../base/key-ring.ts';
import { hasVersion, VERSION_BYTES } from './version.ts';

/** How many bytes at the beginning of a sealed value are in clear: its version, and the number of its format. */
const CLEAR_BYTES = VERSION_BYTES + 1;

/** A value sealed with a key that this process was not given: the processes' key rings differ. */
export class SealedElsewhere extends Unavailable {
  constructor(what: string) {
    super(
      `The ${what} was sealed with a key that this process does not have. ` +
        'Give every process the same TRELLIS_SECRETS, the older keys included.',
    );
  }
}

/** A value in a format that came after this program. It is never taken for an older one, nor for none. */
export class WrittenByNewer extends Unavailable {
  /** Its seal says so. Otherwise its beginning does, which may be damaged as well. */
  readonly isSure: boolean;

  constructor(what: string, isSure: boolean) {
    const damage = isSure ? '' : ', or its format is damaged';
    super(`The ${what} was written by a newer Trellis${damage}. Bring every server and application to one version.`);
    this.isSure = isSure;
  }
}

/**
 * How a value is sealed for one key, which is the same for every format of what is in it, past and to come:
 *
 *   112 bytes  the version, in clear, so that a store can tell the newer of two copies; authenticated
 *   1 byte     the format of the rest, in clear; authenticated
 *   the rest   sealed with AES-256-GCM; as it is where the store is process memory
 *
 * So a program opens what is in a format that it does not know, and thereby tells what a newer one wrote from damage.
 */
export abstract class Envelope {
  readonly key: string;
  readonly #sealer: Sealer | null;
  readonly #authenticated: Buffer;

  /** `null` for a sealer: in process memory there is nobody to seal against. `beside`: what is authenticated, too. */
  constructor(key: string, sealer: Sealer | null, beside: string) {
    this.key = key;
    this.#sealer = sealer;
    this.#authenticated = Buffer.concat([Buffer.alloc(CLEAR_BYTES), Buffer.from(beside)]);
  }

  /**
   * Whether a value is what was stored under this key. Throws where it was written by a newer Trellis, or sealed with a key
   * that this process lacks: it may be good, and cannot be judged here.
   */
  readonly isSound = (value: Buffer): boolean => {
    try {
      this.check(value);
      return true;
    } catch (error) {
      if (error instanceof WrittenByNewer ? error.isSure : error instanceof Unavailable) throw error;
      return false;
    }
  };

  /** Throws where a value cannot be read. */
  protected abstract check(value: Buffer): unknown;
  protected abstract isKnown(format: number): boolean;
  /** What is sealed, in a few words. */
  protected abstract get what(): string;
  /** The error for a value that was forged, moved or damaged. */
  protected abstract unreadable(why: string, cause?: unknown): Problem;

  /** The error where nobody can say whether the key that sealed it is one of ours. */
  protected ofUnknownKey(): Problem {
    return new SealedElsewhere(this.what);
  }

  /** The error where it begins like what a newer program wrote, and its seal does not say so. */
  protected ofUnknownFormat(): Problem {
    return new WrittenByNewer(this.what, false);
  }

  /** A look at the bytes in clear: what is in another format is opened, and so refused, before anybody builds on it. */
  hasKnownFormat(value: Buffer): boolean {
    return hasVersion(value) && this.isKnown(value[VERSION_BYTES] ?? 0);
  }

  protected wrap(plain: Buffer, version: Buffer, format: number): Buffer {
    const value = this.#sealer === null ? unsealed(plain) : this.#seal(plain, version, format, this.#sealer);
    value.set(version);
    value[VERSION_BYTES] = format;
    return value;
  }

  protected unwrap(value: Buffer): Buffer {
    if (value.length <= CLEAR_BYTES) throw this.unreadable(`has only ${value.length} bytes`);
    const isKnown = this.hasKnownFormat(value);
    if (this.#sealer === null) {
      if (isKnown) return value.subarray(CLEAR_BYTES);
      throw this.unreadable(`is in format ${value[VERSION_BYTES]}, which is not known here`);
    }
    value.copy(this.#authenticated, 0, 0, CLEAR_BYTES);
    const plain = this.#sealer.open(value, this.#authenticated, CLEAR_BYTES);
    if (plain === undefined) throw this.#whyNot(value, isKnown, this.#sealer);
    if (!isKnown) throw new WrittenByNewer(this.what, true);
    return plain;
  }

  /** What was sealed here has not the shape that its format has: only a newer program can have written it. */
  protected misshapen(cause: unknown): Problem {
    if (this.#sealer !== null) return new WrittenByNewer(this.what, true);
    return this.unreadable('does not have the shape of a record', cause);
  }

  #seal(plain: Buffer, version: Buffer, format: number, sealer: Sealer): Buffer {
    this.#authenticated.set(version);
    this.#authenticated[VERSION_BYTES] = format;
    return sealer.seal(plain, this.#authenticated, CLEAR_BYTES);
  }

  #whyNot(value: Buffer, isKnown: boolean, sealer: Sealer): Problem {
    const claim = sealer.claimOf(value, CLEAR_BYTES);
    if (claim === 'elsewhere') return new SealedElsewhere(this.what);
    if (claim === 'unknown' && isKnown) return this.ofUnknownKey();
    if (claim === 'ring' && !isKnown) return this.ofUnknownFormat();
    return this.unreadable('was not sealed for this key by this installation, or was changed since');
  }
}

function unsealed(plain: Buffer): Buffer {
  const value = Buffer.allocUnsafe(CLEAR_BYTES + plain.length);
  value.set(plain, CLEAR_BYTES);
  return value;
}
