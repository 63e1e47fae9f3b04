import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { Users } from './security/users.ts';
import { openStorage } from './storage/open.ts';

const HOW = `Usage:
  npm run trellis -- user <name> --password     sets a user's password, asked for or read from standard input;
                                                while there is no Manager, the user is made as one
  --data <folder>                               the data folder, as for the server`;

/** Work on a data folder by whoever runs the server, also while it runs. */
async function main(args: readonly string[]): Promise<void> {
  const { name, data } = readArguments(args);
  const { dataFolder } = readConfig(data === undefined ? [] : ['--data', data], process.env);
  const storage = await openStorage({ dataFolder });
  try {
    const users = new Users(storage.table('users'));
    if (users.find(name) === undefined && users.hasManager()) throw new Error(unknownUser(name, users));
    await setPassword(users, name, await readPassword(name));
  } finally {
    storage.close();
  }
}

function readArguments(args: readonly string[]): { name: string; data: string | undefined } {
  const options = { data: { type: 'string' }, password: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [command, name] = positionals;
  if (command !== 'user' || name === undefined || values.password !== true) throw new Error(HOW);
  return { name, data: values.data };
}

function unknownUser(name: string, users: Users): string {
  const names = users.list().map((user) => `'${user.name}'`);
  return `There is no user '${name}'. The users are ${names.join(', ')}.`;
}

async function setPassword(users: Users, name: string, password: string): Promise<void> {
  if (users.find(name) === undefined) {
    await users.add({ name, password, roles: ['Manager'] });
    console.log(`Made the user '${name}' as a Manager.`);
    return;
  }
  await users.changePassword(name, password);
  console.log(`Set the password of '${name}'. Every login of theirs has ended.`);
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

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
