import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runCli } from '../cli.ts';

test('the command line lists its commands, flags and settings to whoever asks, however they ask', async () => {
  const asked = await Promise.all(
    [[], ['help'], ['--help'], ['-h'], ['backup', '--help']].map((args) => runCli(args, '')),
  );
  for (const { code, errors, output } of asked) assert.deepEqual([code, errors, output], [0, '', asked[0]?.output]);
  const { output = '' } = asked[0] ?? {};
  for (const command of [
    'user <name> --password',
    'backup <folder>',
    'restore <folder>',
    'example shop',
    '--data <folder>',
  ])
    assert.ok(output.includes(`  ${command}`), command);
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  for (const setting of readme.match(/TRELLIS_\w+/g) ?? []) assert.ok(output.includes(`  ${setting} `), setting);
  for (const line of output.split('\n')) assert.ok(line.length <= 100, line);
});

test('a command or a flag that there is not is answered with the nearest one', async () => {
  const errorOf = async (...args: string[]) => {
    const { code, errors, output } = await runCli(args, '');
    assert.deepEqual([code, output], [1, '']);
    return errors;
  };
  assert.match(await errorOf('bakcup', 'folder'), /^There is no command 'bakcup'\. Did you mean 'backup'\?/);
  assert.match(await errorOf('frobnicate'), /^There is no command 'frobnicate'\. '/);
  assert.match(
    await errorOf('user', 'admin', '--pasword'),
    /^Unknown option '--pasword'\. Did you mean '--password'\?/,
  );
  assert.match(await errorOf('user', 'admin'), /^This is how it is used: npm run trellis -- user <name> --password\n/);
});
