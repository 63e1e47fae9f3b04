import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { codeBlocksOf } from '../../support/code-blocks.ts';
import { installPacked, type Project } from '../../support/applications/packed.ts';

const ROOT = new URL('../../../', import.meta.url);
const MANUAL = new URL('docs/sessions-in-your-application.md', ROOT);
const MOST_PACKAGES = 20;
const MOST_MB = 40;
const run = promisify(execFile);

const project: Project = await installPacked();
after(() => project[Symbol.asyncDispose]());

const ours = await manifest('packages/sessions/package.json');

test('the package has JavaScript with types, the license, and no sources or tests', () => {
  const entries = ['koa', 'koa-session', 'express-session'];
  const expected = entries.flatMap((name) => ['js', 'cjs', 'd.ts', 'd.cts'].map((kind) => `dist/${name}.${kind}`));
  for (const file of [...expected, 'LICENSE', 'README.md', 'package.json'])
    assert.ok(project.files.includes(file), file);
  const wrong = project.files.filter((file) => /(?<!\.d)\.ts$|\.test\.|^(client|e2e|var)\//.test(file));
  assert.deepEqual(wrong, []);
});

test(`an application gets at most ${MOST_PACKAGES} packages and ${MOST_MB} MB with it`, async () => {
  const lock = JSON.parse(await readFile(new URL('package-lock.json', ROOT), 'utf8')) as { packages: Locked };
  const folders = new Set<string>();
  const take = (names: object | undefined) => {
    for (const folder of Object.keys(names ?? {}).map((name) => `node_modules/${name}`)) {
      if (folders.has(folder)) continue;
      folders.add(folder);
      take(lock.packages[folder]?.dependencies);
    }
  };
  take(ours.dependencies);
  const places = [...folders].map((folder) => new URL(folder, ROOT).pathname);
  const { stdout } = await run('du', ['-skc', join(project.folder, OWN), ...places]);
  const mb = Number(/(\d+)\s+total/.exec(stdout)?.[1]) / 1024;
  const packages = 1 + folders.size;
  console.log(`${packages} packages, ${mb.toFixed(1)} MB`);
  assert.ok(packages <= MOST_PACKAGES && mb <= MOST_MB, stdout);
});

test('the package has the version of the program, and the versions of its libraries', async () => {
  const program = await manifest('package.json');
  assert.equal(ours.version, program.version);
  for (const [name, version] of Object.entries(ours.dependencies))
    assert.equal(version, program.dependencies[name], name);
});

test('another project’s TypeScript understands the types of the package, strictly, and the documented samples', async () => {
  const samples = (await codeBlocksOf(MANUAL)).filter(({ language }) => language === 'ts');
  const sources = new Map(samples.map(({ file, text }) => [file, text]));
  assert.deepEqual([...sources.keys()], ['koa.ts', 'koa-session.ts', 'express-session.ts']);
  // What the context is known to have is checked.
  sources.set('koa.ts', `${sources.get('koa.ts')}\n// @ts-expect-error\napp.use((ctx) => ctx.nothing());\n`);
  sources.set(
    'options.cts',
    `import { openSessions, type Session } from 'trellis-sessions/koa';
    export const visits = (session: Session) => session.get('visits');
    // @ts-expect-error a manager is named by its path
    void openSessions({ data: 'var', manager: 1 });`,
  );
  assert.equal(await compile('typed', sources), '');
});

test('another project’s TypeScript understands what a product is made of', async () => {
  const files = await project.install('.');
  assert.ok(files.includes('dist/package/server/products/interface.d.ts'));
  const product = `
    import { defineType, method, p, type Product } from 'trellis/product';
    const note = defineType({
      type: 'Note', description: 'A note', icon: 'file', group: 'Content', suggestedId: 'note',
      addPermission: 'Add Notes', properties: { words: p.string({ title: 'Words' }) },
      ui: { size: ({ properties }) => properties.words.toUpperCase() },
      publish: { methods: { look: method({ http: 'GET', permission: 'View', summary: 'Looks.',
        // @ts-expect-error a GET changes nothing
        run: ({ object, tree }) => tree.change(object, { title: 'Seen' }) }) } },
    });
    export default { name: 'notes', types: [note], permissions: [{ name: 'Add Notes', description: 'Add notes.' }] } satisfies Product;`;
  assert.equal(await compile('product', new Map([['product.ts', product]])), '');
});

const OWN = 'node_modules/trellis-sessions';

type Locked = Readonly<Record<string, { readonly dependencies?: object }>>;

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

async function manifest(path: string): Promise<Manifest> {
  return JSON.parse(await readFile(new URL(path, ROOT), 'utf8')) as Manifest;
}

/** What the compiler says. */
async function compile(name: string, sources: ReadonlyMap<string, string>): Promise<string> {
  const folder = join(project.folder, name);
  await mkdir(folder);
  for (const [file, text] of sources) await writeFile(join(folder, file), text);
  const compilerOptions = { module: 'nodenext', target: 'esnext', strict: true, noEmit: true, types: ['node'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [...sources.keys()] }));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const tsc = join(project.folder, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error);
  return stdout;
}
