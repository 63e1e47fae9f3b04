import { BoundedMap } from '../base/bounded-map.ts';
import { takeRandom, type KeyRing } from '../base/key-ring.ts';
import type { ForeignCookies } from './foreign-cookies.ts';

export interface CookieSettings {
  readonly name: string;
  /** What comes under this name is sent again under the other one. */
  readonly formerName?: string | undefined;
  readonly path: string;
  /** `undefined`: this host alone. */
  readonly domain: string | undefined;
  /** 0: until the browser is closed. */
  readonly lifetimeDays: number;
  /** Empty: it is not said, and the browser decides. */
  readonly sameSite: 'Lax' | 'Strict' | 'None' | '';
  /** Whether the browser that asks may be told to send the cookie by https alone. */
  readonly isSecure: boolean;
  /** It may also drop what is Secure: until it has sent that back, a plain twin goes out beside it. */
  readonly hasTwin: boolean;
  readonly isHttpOnly: boolean;
  readonly isPartitioned: boolean;
}

const ID_BYTES = 32;
const ID_LENGTH = 43;
const COOKIE_LENGTH = ID_LENGTH * 2 + 1;
const PURPOSE = 'browser id';
const VERIFIED_REMEMBERED = 10_000;
const DAY_S = 24 * 60 * 60;
const HOST_ONLY = '__Host-';

/** A browser id as a request brought it. */
export interface KnownId {
  readonly id: string;
  /** It came under a former name or an older key of the ring signed it: it is to be sent again, before that key is dropped. */
  readonly isOld: boolean;
}

/** Makes browser ids and tells the ones that were made here from all others. */
export class BrowserIds {
  readonly #keyRing: KeyRing;
  readonly #foreign: Pick<ForeignCookies, 'note'> | undefined;
  /** By the cookie's text. A signature that was right once stays right. */
  readonly #verified = new BoundedMap<string, KnownId>(VERIFIED_REMEMBERED);

  constructor(keyRing: KeyRing, foreign?: Pick<ForeignCookies, 'note'>) {
    this.#keyRing = keyRing;
    this.#foreign = foreign;
  }

  /** A new browser id: 32 random bytes, in 43 characters. */
  mint(): string {
    return takeRandom(ID_BYTES).toString('base64url');
  }

  /** The id in a Cookie header, if it was signed here; anything else is no id. */
  read(header: string | undefined, settings: CookieSettings): KnownId | undefined {
    if (header === undefined) return undefined;
    const name = cookieName(settings);
    const known = this.#under(name, header);
    if (known !== undefined) return known;
    if (cookiesNamed(name, header).length > 0) this.#foreign?.note(name);
    const twin = settings.hasTwin ? this.#under(twinName(settings), header) : undefined;
    if (twin !== undefined) return twin;
    const [former] = this.#former(header, settings);
    return former && { id: former.id, isOld: true };
  }

  /** The Set-Cookie line that gives a browser its id, and what goes out beside it to a browser that sent this header. */
  setCookies(id: string, settings: CookieSettings, header: string | undefined): readonly string[] {
    const value = `${id}.${this.#keyRing.sign(PURPOSE, id)}`;
    return [
      cookieLine(settings, value),
      ...this.#twinLines(value, settings, header),
      ...this.#dropFormer(header, settings),
    ];
  }

  /** The Set-Cookie lines that make a browser forget its id. */
  dropCookies(settings: CookieSettings, header: string | undefined): readonly string[] {
    return [
      dropLine(cookieName(settings), settings),
      ...this.#twinLines(undefined, settings, header),
      ...this.#dropFormer(header, settings),
    ];
  }

  /** The line for a browser that has shown that it sends the Secure cookie back, while it still has the twin. */
  dropTwin(settings: CookieSettings, header: string | undefined): readonly string[] {
    return this.#sendsSecure(settings, header) ? this.#twinLines(undefined, settings, header) : [];
  }

  /** What a browser has of ours under a former name. */
  #dropFormer(header: string | undefined, settings: CookieSettings): readonly string[] {
    return this.#former(header, settings).map(({ name }) => dropLine(name, settings));
  }

  /** What becomes of the twin where the browser is given an id, or loses it. */
  #twinLines(value: string | undefined, settings: CookieSettings, header = ''): readonly string[] {
    if (!settings.hasTwin) return [];
    if (value !== undefined && !this.#sendsSecure(settings, header)) return [twinLine(settings, value)];
    return cookiesNamed(twinName(settings), header).length === 0 ? [] : [twinLine(settings, '', 0)];
  }

  /** Another application's cookie of that name shows nothing. */
  #sendsSecure(settings: CookieSettings, header = ''): boolean {
    if (this.#under(cookieName(settings), header) !== undefined) return true;
    return this.#former(header, settings).some(({ name }) => name.startsWith(HOST_ONLY));
  }

  #under(name: string, header: string): KnownId | undefined {
    let first: KnownId | undefined;
    for (const text of cookiesNamed(name, header)) {
      const known = this.#verified.get(text) ?? this.#verify(text);
      first ??= known;
      // Sent again with another path or domain, it comes beside the old one.
      if (known?.id === first?.id && known?.isOld === false) return known;
    }
    return first;
  }

  /** Other installations use the former name, too: what they signed stays as it is. */
  #former(header = '', settings: CookieSettings): readonly { readonly name: string; readonly id: string }[] {
    return formerNames(settings).flatMap((name) => {
      const id = this.#under(name, header)?.id;
      return id === undefined ? [] : [{ name, id }];
    });
  }

  #verify(text: string): KnownId | undefined {
    if (text.length !== COOKIE_LENGTH || text[ID_LENGTH] !== '.') return undefined;
    const id = text.slice(0, ID_LENGTH);
    const by = this.#keyRing.signedBy(PURPOSE, id, text.slice(ID_LENGTH + 1));
    if (by === undefined) return undefined;
    const known = { id, isOld: by === 'older' };
    this.#verified.set(text, known);
    return known;
  }
}

/** The name the browser knows the cookie by. `__Host-` makes it refuse one that another host or a plain page set. */
export function cookieName(settings: CookieSettings): string {
  return mayBeHostOnly(settings) && !settings.name.startsWith('__') ? HOST_ONLY + settings.name : settings.name;
}

/** Where `__Host-` is to be had, a cookie without it may have been set by another host: it does not count. */
function formerNames(settings: CookieSettings): readonly string[] {
  const { formerName } = settings;
  if (formerName === undefined) return [];
  return mayBeHostOnly(settings) ? [HOST_ONLY + formerName] : [HOST_ONLY + formerName, formerName];
}

function mayBeHostOnly({ isSecure, domain, path }: CookieSettings): boolean {
  return isSecure && domain === undefined && path === '/';
}

/** A Set-Cookie line; with seconds in place of the lifetime that the settings say. */
export function cookieLine(settings: CookieSettings, value: string, seconds?: number): string {
  return timedLine(cookieName(settings), settings, value, seconds);
}

/** The name of the twin. One that was chosen is never used bare: it may be another application's on the same host. */
export function twinName(settings: CookieSettings): string {
  const bare = settings.name.replace(/^__(host-http|http|host|secure)-/i, '');
  return settings.formerName === undefined || bare === cookieName(settings) ? `plain_${bare}` : bare;
}

/** The twin of a cookie line: browsers keep no other SameSite=None, nor a partitioned cookie, than a Secure one. */
export function twinLine(settings: CookieSettings, value: string, seconds?: number): string {
  const sameSite = settings.sameSite === 'None' ? 'Lax' : settings.sameSite;
  const plain = { ...settings, sameSite, isSecure: false, isPartitioned: false };
  return timedLine(twinName(settings), plain, value, seconds);
}

function dropLine(name: string, settings: CookieSettings): string {
  const hostOnly = { ...settings, path: '/', domain: undefined, isSecure: true };
  return line(name, { ...(name.startsWith(HOST_ONLY) ? hostOnly : settings), lifetimeDays: 1 }, '', 0);
}

function timedLine(name: string, settings: CookieSettings, value: string, seconds: number | undefined): string {
  if (seconds !== undefined) return line(name, { ...settings, lifetimeDays: 1 }, value, seconds);
  return line(name, settings, value, settings.lifetimeDays * DAY_S);
}

function line(name: string, settings: CookieSettings, value: string, maxAgeS: number): string {
  let text = `${name}=${value}; Path=${settings.path}`;
  if (settings.domain !== undefined) text += `; Domain=${settings.domain}`;
  if (settings.lifetimeDays > 0) text += `; Max-Age=${maxAgeS}; Expires=${new Date(expiry(maxAgeS)).toUTCString()}`;
  if (settings.isHttpOnly) text += '; HttpOnly';
  if (settings.isSecure) text += '; Secure';
  if (settings.sameSite !== '') text += `; SameSite=${settings.sameSite}`;
  return settings.isPartitioned ? `${text}; Partitioned` : text;
}

function expiry(maxAgeS: number): number {
  return maxAgeS === 0 ? 0 : Date.now() + maxAgeS * 1_000;
}

/** The values of all cookies with this name: a browser sends several when they were set for several paths or domains. */
function cookiesNamed(name: string, header: string): readonly string[] {
  const values: string[] = [];
  for (let from = 0; from < header.length;) {
    const semicolon = header.indexOf(';', from);
    const end = semicolon === -1 ? header.length : semicolon;
    while (header[from] === ' ') from++;
    const valueAt = from + name.length + 1;
    if (header.startsWith(name, from) && header[valueAt - 1] === '=') values.push(header.slice(valueAt, end).trimEnd());
    from = end + 1;
  }
  return values;
}
