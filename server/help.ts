import { meant } from './base/shape.ts';
import type { Setting } from './setting-names.ts';

/** How the command line is reached, before a command. */
const CALL = 'npm run trellis --';
const SEE_HELP = `'${CALL} --help' lists what there is.`;
const WIDTH = 100;

interface Described {
  readonly usage: string;
  readonly says: string;
}

const COMMANDS = {
  user: {
    usage: 'user <name> --password',
    says: 'sets a user’s password, asked for or read from standard input; while there is no administrator, makes the user one',
  },
  backup: {
    usage: 'backup <folder> [--damaged]',
    says: 'copies database and key ring into a new folder, also while a server runs',
  },
  restore: {
    usage: 'restore <folder> [--damaged]',
    says: 'puts a backup in their place, while no server runs; what was there is kept',
  },
  example: {
    usage: 'example shop',
    says: 'puts the example shop into the tree at /shop, also while a server runs; the start page removes it',
  },
  help: { usage: 'help', says: 'says this' },
} as const satisfies Record<string, Described>;
export type Command = keyof typeof COMMANDS;

const FLAGS: readonly Described[] = [
  { usage: '--data <folder>', says: 'the data folder, as for the server' },
  { usage: '--damaged', says: 'of backup and restore: go on where bytes of files are damaged; both check all of them' },
  { usage: '--help, -h', says: 'says this' },
];

/** The settings of the server; those with a flag first. */
const SETTINGS: Readonly<Record<Setting, string>> = {
  HOST: 'or --host: the address to listen on; 127.0.0.1 unless said',
  PORT: 'or --port: the port to listen on; 8080 unless said',
  DATA: 'or --data: the data folder, with the tree, files, users and the key ring; ./var unless said',
  NAME: 'shown beside “Trellis” in the interface; the machine’s name unless said',
  ADMIN_PASSWORD: 'makes the user admin where there is no administrator yet; without it a one-time link is printed',
  ORIGIN: 'how visitors reach this server, such as https://shop.example.org; several with commas, the main one first',
  TRUST_PROXY: 'addresses and networks whose X-Forwarded headers are believed; loopback for this machine',
  MEMCACHED_ALLOW: 'which memcached servers a proxy may name; this machine and private networks unless said',
  SECRETS: 'the key ring, newest first, with commas; made in the data folder unless said',
  PRODUCTS: 'files, folders or packages with further types, with commas',
  DRAIN_SECONDS: 'for how long a server that was told to end says so before it closes its port; 1.5 unless said',
  MAX_CONNECTIONS: 'how many may be connected at once; 10000 unless said',
  SECRET_WORDS: 'further words, with commas: what is under a key with one of them in it is obscured',
  LOG_LEVEL: 'fatal, error, warn, info, debug, trace or silent; info unless said',
  HEARTBEAT_SECONDS: 'how often a process notes that it serves the data file; 20 unless said',
};

/** All commands, flags and settings, in plain words. */
export const HELP = [
  `Works on the data of a Trellis: ${CALL} <command>`,
  section('Commands', Object.values(COMMANDS)),
  section('Flags of commands', FLAGS),
  section(
    'The server is started by npm start, with flags behind "--": npm start -- --port 8081. Its settings, from the environment',
    Object.entries(SETTINGS).map(([name, says]) => ({ usage: `TRELLIS_${name}`, says })),
  ),
].join('\n\n');

/** The command of this name; throws a sentence that names the nearest one. */
export function commandNamed(name: string): Command {
  if (Object.hasOwn(COMMANDS, name)) return name as Command;
  throw new Error(`There is no command '${name}'.${meant(name, Object.keys(COMMANDS))} ${SEE_HELP}`);
}

/** A command was given too little or too much. */
export function wrongUse(command: Command): Error {
  return new Error(`This is how it is used: ${CALL} ${COMMANDS[command].usage}\n${SEE_HELP}`);
}

export function unknownOption(what: string, known: readonly string[]): Error {
  const [, written = ''] = /'--?([^' =]+)/.exec(what) ?? [];
  const guess = meant(written, known).replace("'", "'--");
  return new Error(`${what}.${guess} ${SEE_HELP}`);
}

function section(heading: string, described: readonly Described[]): string {
  const column = Math.max(...described.map(({ usage }) => usage.length)) + 4;
  const lines = described.map(({ usage, says }) => `  ${usage}`.padEnd(column) + wrapped(says, column));
  return [wrapped(`${heading}:`, 0), ...lines].join('\n');
}

/** In lines of the terminal's width, those after the first set in. */
function wrapped(text: string, column: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (column + line.length <= WIDTH) lines.splice(-1, 1, line);
    else lines.push(word);
  }
  return lines.join(`\n${' '.repeat(column)}`);
}
