import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('every promise of docs/security.md names a test that exists', () => {
  const rows = read('docs/security.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('`') && line.includes('.ts`'));
  assert.ok(rows.length > 40, `${rows.length} promises`);
  for (const row of rows) {
    const names = namedTests(row);
    assert.ok(names.length > 0, `no test is named: ${row}`);
    for (const { file, name } of names) assert.ok(testNames(file).has(name), `${file} has no test “${name}”`);
  }
});

test('every page, picture and file that the documents lead to is there', () => {
  for (const page of ['README.md', ...documents()]) {
    const links = [...read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link = '']) => link);
    for (const link of links.filter((each) => !each.startsWith('http'))) {
      assert.ok(existsSync(new URL(link, new URL(page, root))), `${page} leads to ${link}`);
    }
  }
});

test('every file and folder that the map names is there', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const rooms = tracked.filter((file) => /^(client|server\/\w+)\/README\.md$/.test(file));
  const maps = ['docs/architecture.md', 'CONTRIBUTING.md', ...rooms];
  assert.ok(rooms.length >= 6);
  const missing = maps.flatMap((map) =>
    Array.from(read(map).matchAll(/`([\w./-]+(?:\.m?ts|\/))`/g), ([, path = '']) => path)
      .filter((path) => !tracked.some((file) => `/${file}`.includes(`/${path}`)))
      .map((path) => `${map} names ${path}`),
  );
  assert.deepEqual(missing, []);
});

test('every library of package.json has its reason', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const reasons = read('docs/decisions/0001-libraries.md');
  const names = [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})];
  const missing = names.filter((name) => !name.startsWith('@types/') && !reasons.includes(name));
  assert.deepEqual(missing, []);
});

test('every setting of the README is read, and every one that is read is in the README', () => {
  const inReadme = new Set(read('README.md').match(/TRELLIS_[A-Z_]+/g));
  const config = read('server/config.ts');
  const inProgram = new Set([...config.matchAll(/of\('([A-Z_]+)'\)/g)].map(([, name]) => `TRELLIS_${name}`));
  assert.deepEqual([...inReadme].toSorted(), [...inProgram].toSorted());
});

function documents(): readonly string[] {
  const names = readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
}

/** The tests that a row names: after a file, each name in quotation marks belongs to it until another file comes. */
function namedTests(row: string): { file: string; name: string }[] {
  let file = '';
  const found: { file: string; name: string }[] = [];
  for (const [, path, name] of row.matchAll(/`([^`]+\.ts)`|“([^”]+)”/g)) {
    if (path !== undefined) file = path;
    else if (name !== undefined) found.push({ file, name });
  }
  return found;
}

/** The names of the tests in a file, as they stand there. */
function testNames(file: string): ReadonlySet<string> {
  const names = read(file).matchAll(/\btest\(\s*(['"`])(.*?)\1\s*,/gs);
  return new Set([...names].map(([, , name = '']) => name));
}
