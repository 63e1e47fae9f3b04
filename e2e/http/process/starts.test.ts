import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { workOf } from '../../support/process-state.ts';
import { startServer } from '../../support/server.ts';
import { runCli, runServer } from '../cli.ts';

const folder = await mkdtemp(join(tmpdir(), 'trellis-starts-'));
const data = join(folder, 'data');
let server = await startServer({ data });
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Sentences for a person, one for each mistake, and not a trace of the program. */
function assertSentences(errors: string, count = 1): void {
  const lines = errors.trim().split('\n');
  assert.equal(lines.length, count, errors);
  for (const line of lines) assert.match(line, /^[A-Z'].*[.?]$/, errors);
}

test('a port in use is one sentence, and the flag counts before the environment', async () => {
  const args = ['--port', String(server.port), '--data', join(folder, 'other')];
  const { code, errors } = await runServer(args, { TRELLIS_PORT: '0' });
  assert.equal(code, 1);
  assert.equal(
    errors.trim(),
    `Port ${server.port} is in use. End the other program, or choose another port: npm start -- --port 8081`,
  );
  await assert.rejects(readdir(join(folder, 'other')), { code: 'ENOENT' });
});

test('an address that is not this machine’s is one sentence, and names it', async () => {
  for (const host of ['192.0.2.1', 'fe80::1']) {
    const { code, errors } = await runServer(['--port', '0', '--host', host, '--data', join(folder, 'elsewhere')]);
    assert.equal(code, 1);
    assertSentences(errors);
    assert.ok(errors.includes(`'${host}'`), errors);
  }
});

test('a data folder that cannot be written is one sentence', async () => {
  const file = join(folder, 'a_file');
  const closed = join(folder, 'closed');
  await writeFile(file, 'not a folder');
  await mkdir(closed);
  await chmod(closed, 0o500);
  // The superuser may write anywhere.
  const places = process.getuid?.() === 0 ? [file, join(file, 'below')] : [file, closed];
  for (const place of places) {
    const { code, errors } = await runServer(['--port', '0', '--data', place]);
    assert.equal(code, 1, place);
    assertSentences(errors);
    assert.ok(errors.includes(place), errors);
  }
});

test('a data file that is no database is refused, and left as it is', async () => {
  const damaged = join(folder, 'damaged');
  const [name = ''] = (await readdir(data)).filter((each) => /\.(db|sqlite)$/.test(each));
  assert.notEqual(name, '', 'the data folder has a data file');
  await mkdir(damaged);
  await writeFile(join(damaged, name), 'this is no database at all, but some text of a person');
  const { code, errors } = await runServer(['--port', '0', '--data', damaged]);
  assert.equal(code, 1);
  assertSentences(errors);
  assert.match(await readFile(join(damaged, name), 'utf8'), /^this is no database/);
});

const BAD: readonly (readonly [string, Record<string, string>, readonly string[], readonly RegExp[]])[] = [
  [
    'every setting',
    {
      TRELLIS_PORT: 'http',
      TRELLIS_ORIGIN: 'https://a.example/path',
      TRELLIS_TRUST_PROXY: 'nginx',
      TRELLIS_MEMCACHED_ALLOW: '10.0.0.0/99',
      TRELLIS_SECRETS: 'abc',
      TRELLIS_LOG_LEVEL: 'loud',
    },
    [],
    [
      /'http'/,
      /TRELLIS_ORIGIN/,
      /TRELLIS_TRUST_PROXY.*'nginx'/,
      /10\.0\.0\.0\/99/,
      /TRELLIS_SECRETS/,
      /LOG_LEVEL.*'loud'/,
    ],
  ],
  [
    'a port out of range, an origin without a scheme, a network too wide',
    { TRELLIS_ORIGIN: 'a.example', TRELLIS_TRUST_PROXY: '10.0.0.0/33' },
    ['--port', '65536'],
    [/'65536'/, /TRELLIS_ORIGIN/, /10\.0\.0\.0\/33/],
  ],
  [
    'a negative port, an origin of another scheme',
    { TRELLIS_PORT: '-1', TRELLIS_ORIGIN: 'ftp://a.example' },
    [],
    [/'-1'/, /TRELLIS_ORIGIN/],
  ],
  ['a misspelt name', { TRELLIS_PROT: '80' }, [], [/^TRELLIS_PROT is no setting .* Did you mean 'TRELLIS_PORT'\?$/m]],
  ['a password that is refused', { TRELLIS_ADMIN_PASSWORD: 'short' }, [], [/administrator's password was refused/]],
  ['an unknown flag', {}, ['--prot', '80'], [/--prot/]],
  [
    'a flag without its value, and a port out of range',
    {},
    ['--port', '99999', '--host'],
    [/'--host' has no value/, /'99999'/],
  ],
  ['a word too many', {}, ['start'], [/start/]],
];

for (const [what, environment, flags, words] of BAD) {
  test(`bad configuration (${what}): each mistake is named, and nothing is started or made`, async () => {
    const never = join(folder, 'never');
    const { code, errors, output } = await runServer([...flags, '--data', never], environment);
    assert.equal(code, 1);
    assert.equal(output, '');
    for (const word of words) assert.match(errors, word);
    assertSentences(errors, words.length);
    await assert.rejects(readdir(never), { code: 'ENOENT' });
  });
}

test('a name in the environment that only looks like a setting is named in the log', async () => {
  await using server = await startServer({ environment: { TRELLIS_SERVICE_HOST: '10.0.0.1' } });
  await server.stop();
  assert.match(server.log(), /"level":40,.*TRELLIS_SERVICE_HOST is no setting of Trellis and has no effect\./);
});

test('products whose declarations cannot work: every mistake is named, and nothing is started or made', async () => {
  const never = join(folder, 'never');
  const [note, memo] = [join(folder, 'note.mjs'), join(folder, 'memo.mjs')];
  const about =
    "description: 'x', icon: 'file', group: 'x', suggestedId: 'x', addPermission: 'Add Folders', properties: {}";
  await writeFile(
    note,
    `import { defineType, method } from 'trellis/product';
     const left = method({ http: 'GET', summary: 'x', run: () => 1 });
     const note = defineType({ type: 'Note', ${about}, publish: { methods: { left } }, ui: { warning() {} } });
     export default { name: 'notes', types: [note] };`,
  );
  await writeFile(memo, 'const memo = 1;\nexport default = memo;\n');
  const environment = { TRELLIS_PRODUCTS: `${note},${memo}` };
  const { code, errors, output } = await runServer(['--port', '0', '--data', never], environment);
  assert.deepEqual([code, output], [1, '']);
  assertSentences(errors, 3);
  assert.match(errors, /memo\.mjs' .* Unexpected token '=' \(.*memo\.mjs:2\)/);
  assert.match(
    errors,
    /note\.mjs' .*: in the type 'Note', publish\.methods\.left\.permission is missing\. It must be the name/,
  );
  assert.match(
    errors,
    /note\.mjs' .*: in the type 'Note', ui\.warning is no member of what a type shows\. Did you mean 'warnings'\?$/m,
  );
  await assert.rejects(readdir(never), { code: 'ENOENT' });
});

test('a first password that is too weak is refused, and nobody becomes administrator', async () => {
  const weak = { TRELLIS_ADMIN_PASSWORD: 'password' };
  const { code, errors } = await runServer(['--port', '0', '--data', join(folder, 'weak')], weak);
  assert.equal(code, 1);
  assertSentences(errors);
  assert.match(errors, /TRELLIS_ADMIN_PASSWORD/);
});

test('the command line for passwords refuses what it cannot do, in a sentence', async () => {
  const cases: readonly (readonly [string[], string, RegExp])[] = [
    [['user', 'nobody', '--password', '--data', data], 'a good long password\n', /There is no user 'nobody'.*'admin'/],
    [['user', 'admin', '--password', '--data', data], 'short\n', /8/],
    [['frobnicate'], '', /^There is no command 'frobnicate'\. '.* --help' lists what there is\./],
  ];
  for (const [args, input, words] of cases) {
    const { code, errors } = await runCli(args, input);
    assert.equal(code, 1, args.join(' '));
    assert.match(errors, words);
    assert.doesNotMatch(errors, /^\s+at /m);
  }
});

test('a second start on a data folder takes less than two seconds of work', async () => {
  await server.stop();
  server = await startServer({ data });
  const worked = await workOf(server.pid);
  assert.ok(worked < 2_000, `${worked} ms`);
  assert.match(server.greeting, /^Trellis is at http:\/\/127\.0\.0\.1:\d+\/manage$/, 'without a link');
});
