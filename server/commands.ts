import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readConfig, type Config } from './config.ts';
import { openForApplication, usersIn } from './data-folder.ts';
import { commandNamed, HELP, unknownOption, wrongUse } from './help.ts';
import { plantExample } from './products/example.ts';
import type { Users } from './security/users.ts';
import type { BackupFacts } from './storage/opening.ts';

const OPTIONS = {
  data: { type: 'string' },
  password: { type: 'boolean' },
  damaged: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Work on a data folder by whoever runs the server: all but `restore` also while it runs. Fails with a sentence. */
export async function runCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args);
  const [name = 'help', argument, ...others] = positionals;
  const command = commandNamed(name);
  if (values.help === true || command === 'help') {
    console.log(HELP);
    return;
  }
  if (argument === undefined || others.length > 0 || (command === 'user') !== (values.password === true)) {
    throw wrongUse(command);
  }
  const config = readConfig(values.data === undefined ? [] : ['--data', values.data], process.env);
  if (command === 'user') await setPasswordIn(config, argument);
  else if (command === 'backup') await makeBackup(config, argument, values.damaged);
  else if (command === 'restore') await restoreBackup(config, argument, values.damaged);
  else await putExample(config, argument);
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [what = ''] = (error as Error).message.split('. ');
    throw unknownOption(what, Object.keys(OPTIONS));
  }
}

async function makeBackup({ storage, keyRing }: Config, into: string, withDamaged = false): Promise<void> {
  const facts = await storage.backUp(into, { withDamaged });
  console.log(`Backed up ${contents(facts)} to ${facts.folder}, and read the copy to its last page.`);
  if (facts.damaged !== undefined) console.log(`${facts.damaged} They were copied as they are.`);
  if (keyRing !== undefined) console.log(KEYS_ELSEWHERE);
  else if (!facts.hasKeyRing) {
    console.error(KEYS_MISSED);
    process.exitCode = 1;
  }
}

async function restoreBackup({ storage, keyRing }: Config, from: string, withDamaged = false): Promise<void> {
  const facts = await storage.restore(from, { withDamaged });
  console.log(
    `Restored ${contents(facts)} to ${facts.folder}. Sessions that were ended since the backup may live again.`,
  );
  if (facts.damaged !== undefined) console.log(`${facts.damaged} They were restored as they are.`);
  if (facts.former !== undefined) console.log(`What was there is in ${facts.former}.`);
  if (facts.keptKeyRing) console.log('The backup has no key ring: the secrets.json that was there stays as it was.');
  if (keyRing !== undefined) console.log(KEYS_ELSEWHERE);
  else if (!facts.hasKeyRing && !facts.keptKeyRing) console.log(KEYS_WANTED);
}

const KEYS_ELSEWHERE =
  'The keys in use are those of TRELLIS_SECRETS: keep them beside the backup. Who loses them logs everybody out.';
const KEYS_MISSED =
  'The backup has no keys: there is no secrets.json in the data folder, and TRELLIS_SECRETS is not set for this command. ' +
  'Where the server has TRELLIS_SECRETS, set it here, too, and keep it beside the backup; otherwise put secrets.json back.';
const KEYS_WANTED =
  'The backup has no key ring, and none was there: put its secrets.json into the data folder, or give the server the ' +
  'TRELLIS_SECRETS that it had.';

function contents({ objects, bytes, hasKeyRing }: BackupFacts): string {
  const size = `${(bytes / 1_048_576).toFixed(1)} MiB`;
  return `${objects} objects (${size}) ${hasKeyRing ? 'and the key ring' : 'without a key ring'}`;
}

async function putExample({ dataFolder }: Config, name: string): Promise<void> {
  const { database, close } = await openForApplication(dataFolder, process.env);
  try {
    const paths = await plantExample(database, name);
    console.log(`Put ${paths.length} objects into the tree. Visit ${paths[0]}, and edit it at /manage${paths[0]}.`);
  } finally {
    await close();
  }
}

async function setPasswordIn(config: Config, name: string): Promise<void> {
  const storage = await config.storage.open({ isGuest: true });
  try {
    const { users } = await usersIn(storage.tables);
    if (users.find(name) === undefined && users.hasManager()) throw new Error(unknownUser(name, users));
    await setPassword(users, name, await readPassword(name));
  } finally {
    storage.close();
  }
}

function unknownUser(name: string, users: Users): string {
  const names = users.names.map((each) => `'${each}'`);
  return `There is no user '${name}'. The users are ${names.join(', ')}.`;
}

async function setPassword(users: Users, name: string, password: string): Promise<void> {
  if (users.find(name) === undefined) {
    await users.add({ name, password, roles: ['Manager'] });
    console.log(`Made the user '${name}' as a Manager.`);
    return;
  }
  await users.changePassword(name, password);
  console.log(`Set the password of '${name}'. Every login and session of theirs has ended.`);
}

/** Typed without being shown; where standard input is no terminal, its first line. */
async function readPassword(name: string): Promise<string> {
  if (process.stdin.isTTY) {
    process.stdout.write(`New password of '${name}' (not shown): `);
    return readHidden();
  }
  const lines = createInterface({ input: process.stdin });
  const first = await lines[Symbol.asyncIterator]().next();
  lines.close();
  return first.done === true ? '' : first.value;
}

async function readHidden(): Promise<string> {
  const { stdin, stdout } = process;
  stdin.setRawMode(true);
  let typed = '';
  for await (const chunk of stdin) {
    for (const character of String(chunk)) {
      if (character === '\u0003') process.exit(130);
      if (character === '\r' || character === '\n') {
        stdin.setRawMode(false);
        stdout.write('\n');
        return typed;
      }
      typed = character === '\u007f' ? typed.slice(0, -1) : typed + character;
    }
  }
  return typed;
}
