import { BlockList, isIP } from 'node:net';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseOrigin } from './base/origins.ts';
import { KeyRing } from './base/key-ring.ts';
import { Allowlist } from './memcache/server/allowlist.ts';
import { checkPassword } from './security/passwords.ts';
import { strangersIn, type Setting } from './setting-names.ts';
import { storageAt } from './storage/address/storage-at.ts';
import type { StorageAddress } from './storage/address/storage-address.ts';

/** How this server runs. Flags come before the environment, the environment before defaults. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where the key ring is, and what is being uploaded. */
  readonly dataFolder: string;
  /** Where the tree is. */
  readonly storage: StorageAddress;
  readonly name: string;
  readonly adminPassword: string | undefined;
  readonly keyRing: KeyRing | undefined;
  readonly trustedProxies: BlockList;
  /** By which addresses browsers reach this site, the canonical one first. Empty where that was not said. */
  readonly origins: readonly string[];
  readonly allowlist: Allowlist;
  readonly products: readonly string[];
  readonly logLevel: string;
  /** What else the keys of secrets have in them. */
  readonly secretWords: readonly string[];
  /** How often this process notes that it serves the tree, in seconds. */
  readonly heartbeatS: number;
  /** How long a server that was told to end still takes connections, and keeps those over which nothing goes. */
  readonly drainMs: number;
  /** How many may be connected at once; who comes beyond that is turned away. */
  readonly maxConnections: number;
  /** What should be looked at and keeps nothing from starting, a sentence each. */
  readonly notes: readonly string[];
}

/** Everything that is wrong with a configuration, one mistake on each line. */
export class BadConfiguration extends Error {}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Twice as long has to fit into the ten seconds in which a server ends. */
const LONGEST_DRAIN_S = 4;

const FLAGS = { host: '127.0.0.1', port: '8080', data: 'var' };
const FLAGS_ARE =
  'The flags are --host, --port and --data, each followed by its value; npm run trellis -- --help lists every setting.';
type Flag = keyof typeof FLAGS;

/** The name of the administrator whose password the environment has. */
export const FIRST_ADMINISTRATOR = 'admin';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks everything before anything is started; throws BadConfiguration with every mistake in it. The environment
 * of an application is its own: a name in it that is nearly a setting is only noted.
 */
export function readConfig(args: readonly string[], environment: Environment, isApplication = false): Config {
  const strangers = strangersIn(environment);
  const misspelt = strangers.filter(({ isMisspelt }) => isMisspelt && !isApplication);
  const mistakes = misspelt.map(({ says }) => says);
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      mistakes.push((error as Error).message);
      return otherwise;
    }
  };
  const { flags, problems: wrongFlags } = readFlags(args);
  mistakes.push(...wrongFlags);
  const of = (name: Setting) => environment[`TRELLIS_${name}`] || undefined;
  const { allowlist, problems } = Allowlist.parse(of('MEMCACHED_ALLOW'));
  mistakes.push(...problems.map((problem) => `TRELLIS_MEMCACHED_ALLOW: ${problem}`));
  const dataFolder = resolve(flags.data ?? of('DATA') ?? FLAGS.data);
  const config: Config = {
    host: flags.host ?? of('HOST') ?? FLAGS.host,
    port: attempt(() => readPort(flags.port ?? of('PORT') ?? FLAGS.port), 0),
    dataFolder,
    storage: storageAt(dataFolder),
    name: of('NAME') ?? hostname(),
    adminPassword: isApplication ? undefined : attempt(() => ifSet(of('ADMIN_PASSWORD'), readPassword), undefined),
    keyRing: attempt(() => ifSet(of('SECRETS'), (text) => KeyRing.parse(text)), undefined),
    trustedProxies: attempt(() => readAddresses(of('TRUST_PROXY')), new BlockList()),
    origins: attempt(() => readOrigins(of('ORIGIN') ?? ''), []),
    allowlist,
    products: entriesIn(of('PRODUCTS')),
    logLevel: attempt(() => readLevel(of('LOG_LEVEL') ?? 'info'), 'info'),
    secretWords: attempt(() => readSecretWords(of('SECRET_WORDS')), []),
    heartbeatS: attempt(() => readHeartbeat(of('HEARTBEAT_SECONDS') ?? '20'), 20),
    maxConnections: attempt(() => readMaxConnections(of('MAX_CONNECTIONS') ?? '10000'), 1),
    notes: strangers.filter((each) => !misspelt.includes(each)).map(({ says }) => says),
    drainMs: attempt(() => readDrain(of('DRAIN_SECONDS') ?? '1.5'), 0) * 1000,
  };
  if (mistakes.length > 0) throw new BadConfiguration(mistakes.join('\n'));
  return config;
}

/** What the flags say, and a sentence for each word that is none or lacks its value. */
function readFlags(args: readonly string[]) {
  const flags: Partial<Record<Flag, string>> = {};
  const problems: string[] = [];
  const left = [...args];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const value = inline ?? (name === undefined || left[0]?.startsWith('--') === true ? undefined : left.shift());
    if (name === undefined || !isFlag(name)) problems.push(`'${word}' is not understood. ${FLAGS_ARE}`);
    else if (value) flags[name] = value;
    else problems.push(`'--${name}' has no value. Write it behind the flag, such as --${name} ${FLAGS[name]}.`);
  }
  return { flags, problems };
}

function isFlag(name: string): name is Flag {
  return Object.hasOwn(FLAGS, name);
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new Error(`The port '${text}' is not a number from 0 to 65535 (--port or TRELLIS_PORT).`);
}

/** One or several, separated by commas. */
function readOrigins(text: string): readonly string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return text === '' ? [] : [...new Set(entries.map(readOrigin))];
}

function readOrigin(text: string): string {
  const origin = parseOrigin(text);
  // Nothing but the origin, with or without the slash after it.
  const isAlone = origin !== undefined && new URL(text).href === `${origin}/` && /^https?:\/\/[^/?#]+\/?$/i.test(text);
  if (isAlone && !/^(\[[0-9a-f:]+\]|[\w.-]+)$/.test(new URL(origin).hostname)) {
    throw new Error(
      `TRELLIS_ORIGIN has '${text}', which names no host: each is written out, and there is no "*". Give several with commas, such as https://shop.example.org,https://www.example.org.`,
    );
  }
  if (isAlone) return origin;
  throw new Error(
    `TRELLIS_ORIGIN has '${text}'. Give scheme and host alone, such as https://shop.example.org; several with commas, the main one first.`,
  );
}

/** The rules that hold for every password; there is nobody to tell when the administrator is made. */
function readPassword(password: string): string {
  const problem = checkPassword(password, FIRST_ADMINISTRATOR);
  if (problem === undefined) return password;
  throw new Error(`The administrator's password was refused: ${problem} Set TRELLIS_ADMIN_PASSWORD to another.`);
}

/** What stands between commas. */
function entriesIn(text = ''): readonly string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.filter((entry) => entry !== '');
}

/** Addresses and networks (CIDR), separated by commas; `loopback` stands for this machine's own. */
function readAddresses(text: string | undefined): BlockList {
  const list = new BlockList();
  for (const entry of entriesIn(text)) {
    const [address = '', bits] = (entry === 'loopback' ? '127.0.0.0/8' : entry).split('/');
    const version = isIP(address);
    const width = bits === undefined ? (version === 4 ? 32 : 128) : Number(bits);
    if (version === 0 || !Number.isInteger(width) || width < 0 || width > (version === 4 ? 32 : 128)) {
      throw new Error(
        `TRELLIS_TRUST_PROXY: '${entry}' is no address or network. Use 127.0.0.1 or 10.0.0.0/8, with commas.`,
      );
    }
    list.addSubnet(address, width, version === 4 ? 'ipv4' : 'ipv6');
    if (entry === 'loopback') list.addAddress('::1', 'ipv6');
  }
  return list;
}

function readLevel(text: string): string {
  if (LOG_LEVELS.includes(text)) return text;
  throw new Error(`TRELLIS_LOG_LEVEL is '${text}'. Use one of ${LOG_LEVELS.join(', ')}.`);
}

/** One or two letters are in nearly every key. */
function readSecretWords(text: string | undefined): readonly string[] {
  const words = entriesIn(text);
  const wrong = words.find((word) => !/^[\w-]{3,40}$/.test(word));
  if (wrong === undefined) return words;
  throw new Error(
    `TRELLIS_SECRET_WORDS: '${wrong}' is no word. Use 3 to 40 letters, digits, "_" and "-", such as iban, with commas.`,
  );
}

function readHeartbeat(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= 3600) return seconds;
  throw new Error(`TRELLIS_HEARTBEAT_SECONDS is '${text}'. Give whole seconds from 1 to 3600.`);
}

function readMaxConnections(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new Error(`TRELLIS_MAX_CONNECTIONS is '${text}'. Use a number from 1 to 999999.`);
}

function readDrain(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= LONGEST_DRAIN_S) return Number(text);
  throw new Error(`TRELLIS_DRAIN_SECONDS is '${text}'. Use a number from 0 to ${LONGEST_DRAIN_S}, such as 1.5.`);
}

function ifSet<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text);
}
