import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What sealing adds to a text: the key's id, a nonce, a tag. */
const SEAL_BYTES = KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;
const FILE_NAME = 'secrets.json';
const DRAFT_NAME = /^secrets\.json\.[0-9a-f]{12}$/;

interface RingKey {
  readonly secret: KeyObject;
  /** Written before what the key sealed, so that opening need not try them all. */
  readonly id: number;
  readonly subKeys: Map<string, KeyObject>;
}

/**
 * The installation's secret keys, newest first: the newest signs and seals, every one verifies and opens. Each purpose
 * has keys of its own, so that what was signed for one is nothing for another.
 */
export class KeyRing {
  /** Whether the installation has, or had, a key with this id, in the ring or not; `undefined` while nobody knows. */
  isOurs: ((id: string) => boolean) | undefined;
  readonly #keys: readonly RingKey[];

  constructor(keys: readonly Buffer[]) {
    if (keys.length === 0) throw new Error('A key ring needs at least one key.');
    this.#keys = keys.map(toRingKey);
  }

  /** The text of `TRELLIS_SECRETS`: keys of 32 bytes in base64url, newest first, with commas between them. */
  static parse(text: string): KeyRing {
    const keys = text.split(',').map((part, index) => parseKey(part.trim(), `Key ${index + 1} of TRELLIS_SECRETS`));
    const twice = keys.findIndex((key, index) => keys.findIndex((other) => other.equals(key)) !== index);
    if (twice !== -1)
      throw new Error(`Key ${twice + 1} of TRELLIS_SECRETS is there twice. Each key may be named once.`);
    return new KeyRing(keys);
  }

  /** A ring of one new key, known to nobody else. */
  static random(): KeyRing {
    return new KeyRing([randomBytes(KEY_BYTES)]);
  }

  /** Whether a data folder has a ring of its own. */
  static isIn(folder: string): boolean {
    return existsSync(join(folder, FILE_NAME));
  }

  /** The ring kept in a data folder, made there if there is none. Of two processes starting together both get the same. */
  static inFolder(folder: string): KeyRing {
    const path = join(folder, FILE_NAME);
    return readRing(path) ?? makeRing(path);
  }

  /** Removes what starts left that were killed while they made the ring. Once it is there, nobody needs a draft of it. */
  static async sweepDrafts(folder: string): Promise<void> {
    if (!KeyRing.isIn(folder)) return;
    const drafts = (await readdir(folder)).filter((name) => DRAFT_NAME.test(name));
    for (const name of drafts) await rm(join(folder, name), { force: true });
  }

  /** What tells the keys apart, newest first: 8 hexadecimal digits for each, which say nothing of the key. */
  get ids(): readonly string[] {
    return this.#keys.map(({ id }) => idText(id));
  }

  /** 43 characters of base64url. */
  sign(purpose: string, text: string): string {
    return signature(this.#newest, purpose, text).toString('base64url');
  }

  /** Which of the keys signed this; `undefined`: none. */
  signedBy(purpose: string, text: string, signed: string): 'newest' | 'older' | undefined {
    const given = Buffer.from(signed, 'base64url');
    // The decoder overlooks stray characters; only the one spelling that we write may pass.
    if (given.length !== KEY_BYTES || given.toString('base64url') !== signed) return undefined;
    const key = this.#keys.find((each) => timingSafeEqual(signature(each, purpose, text), given));
    if (key === undefined) return undefined;
    return key === this.#newest ? 'newest' : 'older';
  }

  /** What seals and opens for one subject ("the session with this key"). It remembers its sub-keys, so remember it. */
  sealer(purpose: string, subject: string): Sealer {
    return new Sealer(this, this.#keys, purpose, subject);
  }

  get #newest(): RingKey {
    return this.#keys[0]!;
  }
}

type Claim = 'ring' | 'elsewhere' | 'nobody' | 'unknown';

/** AES-256-GCM under keys that belong to one subject. */
export class Sealer {
  readonly #ring: Pick<KeyRing, 'isOurs'>;
  readonly #keys: readonly RingKey[];
  readonly #purpose: string;
  readonly #subject: string;
  readonly #derived = new Map<number, Buffer>();

  constructor(ring: Pick<KeyRing, 'isOurs'>, keys: readonly RingKey[], purpose: string, subject: string) {
    this.#ring = ring;
    this.#keys = keys;
    this.#purpose = purpose;
    this.#subject = subject;
  }

  /** Leaves `room` bytes free at the front for what the caller writes in clear. */
  seal(text: Buffer, authenticated: Buffer, room = 0): Buffer {
    const key = this.#keys[0]!;
    const sealed = Buffer.allocUnsafe(room + text.length + SEAL_BYTES);
    const nonceAt = room + KEY_ID_BYTES;
    sealed.writeUInt32BE(key.id, room);
    const nonce = takeRandom(NONCE_BYTES);
    sealed.set(nonce, nonceAt);
    const cipher = createCipheriv('aes-256-gcm', this.#derive(key), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(authenticated);
    sealed.set(cipher.update(text), nonceAt + NONCE_BYTES);
    cipher.final();
    sealed.set(cipher.getAuthTag(), sealed.length - TAG_BYTES);
    return sealed;
  }

  /** `undefined`: it was not sealed with these keys, for this purpose and subject, with this beside it. */
  open(sealed: Buffer, authenticated: Buffer, from = 0): Buffer | undefined {
    const key = this.#keyOf(sealed, from);
    if (key === undefined) return undefined;
    const nonceAt = from + KEY_ID_BYTES;
    const textAt = nonceAt + NONCE_BYTES;
    const tagAt = sealed.length - TAG_BYTES;
    const nonce = sealed.subarray(nonceAt, textAt);
    const decipher = createDecipheriv('aes-256-gcm', this.#derive(key), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(authenticated).setAuthTag(sealed.subarray(tagAt));
    const text = decipher.update(sealed.subarray(textAt, tagAt));
    try {
      decipher.final();
      return text;
    } catch {
      // OpenSSL says nothing but that the tag does not fit, and that is what `undefined` says.
      return undefined;
    }
  }

  /** Who claims to have sealed this: a key of the ring, one that we were not given, or none that there ever was. */
  claimOf(sealed: Buffer, from = 0): Claim {
    if (sealed.length < from + SEAL_BYTES) return 'nobody';
    if (this.#keyOf(sealed, from) !== undefined) return 'ring';
    const { isOurs } = this.#ring;
    if (isOurs === undefined) return 'unknown';
    return isOurs(idText(sealed.readUInt32BE(from))) ? 'elsewhere' : 'nobody';
  }

  #keyOf(sealed: Buffer, from: number): RingKey | undefined {
    if (sealed.length < from + SEAL_BYTES) return undefined;
    const id = sealed.readUInt32BE(from);
    return this.#keys.find((key) => key.id === id);
  }

  #derive(key: RingKey): Buffer {
    const known = this.#derived.get(key.id);
    if (known !== undefined) return known;
    const derived = expand(subKey(key, this.#purpose), this.#subject);
    this.#derived.set(key.id, derived);
    return derived;
  }
}

const page = Buffer.allocUnsafeSlow(8_192);
let pageAt = page.length;

/** Random bytes are dear by the handful and cheap by the page. They change when the page is used up, so use them now. */
export function takeRandom(length: number): Buffer {
  if (pageAt + length > page.length) {
    randomFillSync(page);
    pageAt = 0;
  }
  return page.subarray(pageAt, (pageAt += length));
}

function toRingKey(bytes: Buffer): RingKey {
  const secret = createSecretKey(bytes);
  const id = createHmac('sha256', secret).update('trellis key id').digest().readUInt32BE(0);
  return { secret, id, subKeys: new Map() };
}

function idText(id: number): string {
  return id.toString(16).padStart(8, '0');
}

function subKey(key: RingKey, purpose: string): KeyObject {
  let sub = key.subKeys.get(purpose);
  if (sub === undefined) key.subKeys.set(purpose, (sub = createSecretKey(expand(key.secret, `trellis ${purpose}`))));
  return sub;
}

/** HKDF-Expand (RFC 5869) for one block; the ring's keys are uniformly random, so there is nothing to extract. */
function expand(key: KeyObject, info: string): Buffer {
  return createHmac('sha256', key).update(`${info}\x01`).digest();
}

function signature(key: RingKey, purpose: string, text: string): Buffer {
  return createHmac('sha256', subKey(key, purpose)).update(text).digest();
}

function parseKey(text: string, name: string): Buffer {
  const key = Buffer.from(text, 'base64url');
  if (key.length === KEY_BYTES && key.toString('base64url') === text) return key;
  const found = text === '' ? 'is empty' : `has ${text.length} characters`;
  throw new Error(
    `${name} ${found}. A key is 32 random bytes in base64url: 43 characters of A-Z, a-z, 0-9, "-" and "_".`,
  );
}

function readRing(path: string): KeyRing | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    const { keys } = JSON.parse(text) as { keys: readonly string[] };
    return new KeyRing(keys.map((key, index) => parseKey(key, `Key ${index + 1}`)));
  } catch (cause) {
    const rule =
      'It must hold {"keys": ["…"]} with keys of 32 bytes in base64url, newest first. Restore it from a backup.';
    throw new Error(`${path} cannot be read as a key ring. ${rule}`, { cause });
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    const advice = 'Give this user the right to read it, or restore it from a backup.';
    throw new Error(`${path} cannot be read as a key ring (${message}). ${advice}`, { cause: error });
  }
}

/** The file appears whole or not at all, and only one process can make it appear: that is what `link` promises. */
function makeRing(path: string): KeyRing {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeWhole(draft, `${JSON.stringify({ keys: [randomBytes(KEY_BYTES).toString('base64url')] })}\n`);
  try {
    linkSync(draft, path);
  } catch (error) {
    // Another start was first, and may have swept our draft out by now.
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readRing(path)!;
}

function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
