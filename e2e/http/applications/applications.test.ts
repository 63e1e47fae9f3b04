import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, chown, cp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { codeBlocksOf } from '../../support/code-blocks.ts';
import { until } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { findNode } from '../../support/applications/nodes.ts';
import { installPacked, type Project } from '../../support/applications/packed.ts';
import { startServer } from '../../support/server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { listens, Visitor, type Answer } from '../../support/applications/visitor.ts';
import { managerOf } from '../client.ts';
import { setUpSessions } from '../site.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const MANUAL = new URL('../../../docs/sessions-in-your-application.md', import.meta.url);
const EXAMPLES = ['koa', 'koa-session', 'express-session'];
const OLDEST = '22.15.0';
const TOO_OLD = '20.18.0';
const run = promisify(execFile);

const project: Project = await installPacked();
const server = await startServer();
const memcached = await startMemcached();
await setUpSessions(server, [memcached.address]);
const environment = { TRELLIS_DATA: server.data };
const oldest = await findNode(OLDEST);
const tooOld = await findNode(TOO_OLD);
after(async () => {
  await server.stop();
  await memcached[Symbol.asyncDispose]();
  await project[Symbol.asyncDispose]();
});

const isMissing = (oldest === undefined || tooOld === undefined) && `Node ${OLDEST} and ${TOO_OLD} cannot be had here`;

describe('on other versions of Node', { skip: isMissing }, () => {
  for (const example of EXAMPLES) {
    test(`the ${example} example runs on Node ${OLDEST}`, async () => {
      await using app = await project.start(example, environment, { node: oldest! });
      const visitor = new Visitor(app);
      assert.deepEqual([await visit(visitor), await visit(visitor), await visit(visitor)], [1, 2, 3]);
      assert.equal(await app.stop(), 0, app.log());
      assert.equal(app.log(), '');
    });

    test(`Node ${TOO_OLD} is told which one ${example} needs, by import and by require`, async () => {
      const node = tooOld!;
      const name = `trellis-sessions/${example}`;
      for (const source of [`import '${name}'`, `require('${name}')`]) {
        const kind = source.startsWith('import') ? 'module' : 'commonjs';
        const refused = await fails(node, [`--input-type=${kind}`, '-e', source], project.folder);
        assert.match(refused, /^Error: trellis-sessions needs Node 22\.15 or newer; this is Node 20\.18\.0\.$/m);
      }
    });
  }

  test(`an application loads products on Node ${OLDEST}, made of what the package has`, async () => {
    const product = `
      import { defineType, p } from 'trellis/product';
      const words = p.string({ title: 'Words' });
      export default { name: 'notes', permissions: [{ name: 'Add Notes', description: 'Add notes.' }], types: [defineType({
        type: 'Note', description: 'A note', icon: 'file', group: 'Content', suggestedId: 'note',
        addPermission: 'Add Notes', properties: { words },
      })] };
      console.log('The product is loaded.');`;
    const file = join(project.folder, 'note.mjs');
    await writeFile(file, product);
    const node = oldest!;
    await using app = await project.start('koa', { ...environment, TRELLIS_PRODUCTS: file }, { node });
    assert.equal(app.greeting, 'The product is loaded.', app.log());
  });

  test(`the package is made by Node ${TOO_OLD}, as in a clone whose packages were just installed`, async () => {
    await using clone = await temporaryFolder();
    const needed = ['LICENSE', 'package.json', 'package-lock.json', 'tsconfig.json', 'schema', 'server', 'scripts'];
    for (const name of [...needed, 'packages'])
      await cp(join(ROOT, name), join(clone.path, name), {
        recursive: true,
        filter: (from) => !from.endsWith('/dist'),
      });
    await symlink(join(ROOT, 'node_modules'), join(clone.path, 'node_modules'));
    const folder = join(clone.path, 'packages/sessions');
    await run(tooOld!, [join(folder, 'build.mjs')]);
    for (const example of EXAMPLES) {
      const entry = await readFile(join(folder, `dist/${example}.js`), 'utf8');
      assert.match(entry, /^export const \{ .*\bopenSessions\b.* \} = all;$/m);
    }
  });

  test(`server and command line tell Node ${OLDEST} in one line which one they need`, async () => {
    for (const program of ['main.ts', 'cli.ts']) {
      const typed = ['--experimental-strip-types', '--no-warnings', join(ROOT, 'server', program)];
      const refused = await fails(oldest!, typed, project.folder);
      assert.match(refused, /^Trellis needs Node 24\.12 or newer; this is Node 22\.15\.0\. Use node_modules.*\n$/);
    }
  });

  test(`the start of the program tells Node ${TOO_OLD} in one line which one it needs`, async () => {
    const refused = await fails(tooOld!, [join(ROOT, 'scripts/setup.mjs')], project.folder);
    assert.equal(refused, 'Trellis needs Node 20.19 or newer to start; this is 20.18.0.\n');
  });
});

describe('what the manual says', () => {
  test('a CommonJS application has the same by require', async () => {
    await write('koa', 'shop.cjs');
    for (const node of [process.execPath, oldest].filter((program) => program !== undefined)) {
      await using app = await project.start('koa', environment, { program: 'shop.cjs', node });
      const visitor = new Visitor(app);
      assert.deepEqual([await visit(visitor), await visit(visitor)], [1, 2]);
    }
  });

  for (const example of EXAMPLES) {
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
      test(`the workers of node:cluster share the sessions of ${example}, and one that ${signal} ends is replaced`, async () => {
        await write(example, 'cluster.js');
        await using app = await project.start(example, environment, { program: 'cluster.js' });
        const visitor = new Visitor(app);
        const visitAnyWorker = async () => countIn(await visitor.ask('/', { headers: { connection: 'close' } }));
        const [first = 0, ...others] = await childrenOf(app.pid);
        const begun = others.length + 1;
        await until('all listen', async () => app.linesSaid() === begun);
        for (const expected of range(1, 8)) assert.equal(await visitAnyWorker(), expected);
        process.kill(first, signal);
        let visits = 8;
        await until('it is replaced', async () => {
          if (signal !== 'SIGKILL') assert.equal(await visitAnyWorker(), (visits += 1));
          return app.linesSaid() === begun + 1;
        });
        const now = await childrenOf(app.pid);
        assert.deepEqual([now.includes(first), now.length], [false, begun]);
        for (const more of range(1, 8)) assert.equal(await visitAnyWorker(), visits + more);
        assert.equal(await visit(visitor), visits + 9, 'over a connection that stays open');
        const stopping = app.stop();
        await until('the port is closed', async () => !(await listens(app.port)));
        const last = await visitor.ask('/');
        assert.deepEqual([countIn(last), last.headers.connection], [visits + 10, 'close']);
        assert.equal(await stopping, 0, app.log());
        for (const pid of now) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
        assert.equal(app.log(), '');
      });
    }
  }

  test('a counter of express-session that reads again where it came too late loses none of 20 visits at once', async () => {
    const counting = await write('express-session', 'counting.js');
    const example = await readFile(join(project.folder, 'express-session/app.js'), 'utf8');
    const handler = /app\.get\('\/', .*?\n\}\);/s.exec(example)?.[0] ?? '';
    const counted = `app.get('/', async (req, res) => res.send(\`Visits: \${await count(req, 'visits')}\\n\`));`;
    const program = `import { count } from './counting.js';\n${example.replace(handler, counted)}`;
    assert.ok(counting.includes('409') && program.includes(counted));
    await writeFile(join(project.folder, 'express-session/counted.js'), program);
    await onConflict('fail');
    await using app = await project.start('express-session', environment, { program: 'counted.js' });
    const visitor = new Visitor(app);
    await visit(visitor);
    const answers = await Promise.all(Array.from({ length: 20 }, () => visitor.ask('/')));
    assert.deepEqual(
      answers.map(countIn).toSorted((one, other) => one - other),
      range(2, 21),
    );
    await onConflict('newest');
  });

  test('the log tells why a session was not stored: what is too large, and what was in conflict, once for many', async () => {
    const example = await readFile(join(project.folder, 'koa/app.js'), 'utf8');
    const after = "if (ctx.path === '/fail')";
    const program = example.replace(
      after,
      `if (ctx.path === '/large') session.set('basket', 'x'.repeat(300_000));
  if (ctx.path === '/which') session.set('which', Math.random());
  ${after}`,
    );
    await writeFile(join(project.folder, 'koa/refused.js'), program);
    await onConflict('fail');
    await using app = await project.start('koa', environment, { program: 'refused.js' });
    const visitor = new Visitor(app);
    await visit(visitor);
    for (const again of range(1, 3)) assert.equal((await visitor.ask('/large')).status, 413, `time ${again}`);
    const both = () => Promise.all([visitor.ask('/which'), visitor.ask('/which'), visitor.ask('/which')]);
    await until('one is refused', async () => (await both()).some(({ status }) => status === 409));
    await onConflict('newest');
    const [large = '', conflict = '', ...others] = app.log().trimEnd().split('\n');
    assert.match(large, /"reason":"The session would take 293\.\d KiB; .* largest key is \\"basket\\" with 293/);
    assert.match(conflict, /"reason":".*which.*","status":409/);
    assert.deepEqual(others, []);
  });

  test('sessions that are closed twice are closed as once, and the log says nothing of it', async () => {
    const example = await readFile(join(project.folder, 'koa/app.js'), 'utf8');
    const close = 'await sessions.close();';
    await writeFile(join(project.folder, 'koa/twice.js'), example.replace(close, `${close}\n${close}`));
    await using app = await project.start('koa', environment, { program: 'twice.js' });
    assert.equal(await app.stop(), 0);
    assert.equal(app.log(), '');
  });

  test('what express-session wrote too early is told of once for many requests', async () => {
    const example = await readFile(join(project.folder, 'express-session/app.js'), 'utf8');
    const late = `app.get('/late', (req, res) => {\n  res.send('');\n  req.session.late = Math.random();\n});`;
    const program = example.replace("app.get('/', ", `${late}\n\napp.get('/', `);
    await writeFile(join(project.folder, 'express-session/late.js'), program);
    await using app = await project.start('express-session', environment, { program: 'late.js' });
    const visitor = new Visitor(app);
    await visit(visitor);
    for (const again of range(1, 3)) assert.equal((await visitor.ask('/late')).status, 200, `time ${again}`);
    assert.deepEqual(app.log().match(/"path":"\/late","keys":\["late"\]/g)?.length, 1, app.log());
  });

  test('an error handler of the application’s own prints nothing of an outage, where Express prints each refusal', async () => {
    await write('express-session', 'refusals.js');
    const example = await readFile(join(project.folder, 'express-session/app.js'), 'utf8');
    const handled = example.replace('const server = ', 'app.use(answerRefusals);\n\nconst server = ');
    const program = `import { answerRefusals } from './refusals.js';\n${handled}`;
    await writeFile(join(project.folder, 'express-session/handled.js'), program);
    await using plain = await project.start('express-session', environment);
    await using app = await project.start('express-session', environment, { program: 'handled.js' });
    const visitor = new Visitor(app);
    await visit(visitor);
    await memcached.stop();
    const answers = [await visitor.copy(plain).ask('/'), await visitor.ask('/'), await visitor.ask('/')];
    memcached.resume();
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers['retry-after']]),
      answers.map(() => [503, '1']),
    );
    assert.match(answers[1]?.text ?? '', /^Something that this needs is out of reach just now\..*\n$/);
    await until('Express prints it', async () => plain.log().includes('SessionRefusal: '), 10_000);
    await until('the log tells why', async () => app.log().includes("Can't reach memcache server!"), 10_000);
    assert.doesNotMatch(app.log(), /SessionRefusal/);
  });

  test('a session of a former store is found, moves with its first change, and ends in both', async () => {
    await write('express-session', 'moving.js');
    const example = await readFile(join(project.folder, 'express-session/app.js'), 'utf8');
    const program = example
      .replace(
        'const store = new ExpressSessionStore(sessions);',
        'const former = new session.MemoryStore();\nconst store = new MovingStore(sessions, former);',
      )
      .replace('const app = express();', `const app = express();\n${FORMER_SHOP}`);
    await writeFile(
      join(project.folder, 'express-session/moved.js'),
      `import { MovingStore } from './moving.js';\n${program}`,
    );
    await using app = await project.start('express-session', environment, { program: 'moved.js' });
    const visitor = new Visitor(app);
    await visitor.ask('/former');
    const stolen = visitor.copy();
    for (const look of range(1, 3)) assert.equal((await visitor.ask('/about')).status, 200, `look ${look}`);
    assert.deepEqual([await visit(visitor), await visit(visitor)], [8, 9]);
    assert.equal((await visitor.ask('/former-visits')).text, '7', 'the former store was not written');
    assert.equal((await visitor.ask('/sign-out')).status, 200);
    assert.equal(await visit(stolen), 1);
    assert.equal(app.log(), '', 'nothing was lost');
  });
});

describe('another user', { skip: process.getuid?.() !== 0 && 'only root may become another user' }, () => {
  const user = { uid: 65534, gid: 65534 };
  const REFUSED = /CannotOpen: This user .*65534.* may not .* the data folder/;

  test('needs the right to write the folder; with the one that the manual gives it has all that the server has', async () => {
    for (const folder of [project.folder, join(project.folder, 'koa')]) await chmod(folder, 0o755);
    const start = () => project.start('koa', environment, { user });
    const refused = () =>
      start().then(
        () => 'started',
        (error: Error) => error.message,
      );
    assert.match(await refused(), REFUSED);
    await share(0o750, 0o640);
    assert.match(await refused(), REFUSED);
    await share(0o750, 0o660);
    assert.match(await refused(), REFUSED);
    const [recipe] = /chgrp .*/.exec(await readFile(MANUAL, 'utf8')) ?? [''];
    const command = recipe.replaceAll('var', server.data).replace('shop', String(user.gid));
    await run('sh', ['-c', command]);
    await using app = await start();
    const visitor = new Visitor(app);
    assert.deepEqual([await visit(visitor), await visit(visitor)], [1, 2]);
    const seen = await run('cat', [join(server.data, 'secrets.json')], user);
    assert.match(seen.stdout, /keys/);
  });

  async function share(folder: number, files: number): Promise<void> {
    await chmod(server.data, folder);
    await chown(server.data, 0, user.gid);
    for (const name of await readdir(server.data)) {
      await chmod(join(server.data, name), files);
      await chown(join(server.data, name), 0, user.gid);
    }
  }
});

/** The store that the shop had before: a browser gets a session there, with seven visits. */
const FORMER_SHOP = `
const APP_KEY = process.env.APP_KEY ?? 'a key that only this application knows';
const formerly = session({ store: former, secret: APP_KEY, resave: false, saveUninitialized: true });
app.get('/former', formerly, (req, res) => {
  req.session.visits = 7;
  res.send('');
});
app.get('/former-visits', (req, res) => {
  const [text] = Object.values(former.sessions);
  res.send(String(JSON.parse(text).visits));
});`;

/** Puts a sample of the manual into an example's folder. */
async function write(example: string, file: string): Promise<string> {
  const sample = (await codeBlocksOf(MANUAL)).find((block) => block.file === file);
  assert.ok(sample, file);
  await writeFile(join(project.folder, example, file), sample.text);
  return sample.text;
}

async function visit(visitor: Visitor): Promise<number> {
  return countIn(await visitor.ask('/'));
}

function countIn({ status, text }: Answer): number {
  assert.equal(status, 200, text);
  return Number(/^Visits: (\d+)$/m.exec(text)?.[1]);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

async function onConflict(rule: string): Promise<void> {
  const answer = await managerOf(server)('/api/mcsdc', {
    method: 'PATCH',
    body: { properties: { on_conflict: rule } },
  });
  assert.equal(answer.status, 200, answer.text);
}

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, parent, state]) => Number(parent) === pid && !state?.startsWith('Z'))
    .map(([child]) => Number(child));
}

/** What a program that is to fail says. */
async function fails(node: string, args: readonly string[], cwd: string): Promise<string> {
  return run(node, args, { cwd }).then(
    () => assert.fail('it did not fail'),
    (error: { stderr: string }) => error.stderr,
  );
}
