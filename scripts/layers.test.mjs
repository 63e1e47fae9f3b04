import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { root } from './setup.mjs';

const { folders, packages, outside } = JSON.parse(readFileSync(join(root, 'layers.json'), 'utf8'));

/** What only tests are made of stands beside what it tests, and imports whatever it needs. */
const ONLY_TESTS = /\.(test|faults)\.ts$|\/testing\.ts$|\/(contract|faults|effects|testing)[/.]/;
const IMPORT =
  /^(?:import|export)\s+(?<type>type\s)?[^;'"]*?from '(?<from>[^']+)'|^import '(?<bare>[^']+)'|\bimport\('(?<late>[^']+)'\)/gm;

const inside = (await importsIn('{schema,server,client}')).filter(({ file }) => !ONLY_TESTS.test(file));
const across = inside.filter(({ folder, to }) => to !== undefined && folder !== dirname(to));

test('every import is of a folder or a file that layers.json lists for the folder', () => {
  const wrong = across.filter(({ folder, to }) => !folders[folder]?.some((each) => isAt(each, to)));
  assert.deepEqual(wrong.map(sentence), []);
});

test('nothing is listed in layers.json that is not needed', () => {
  const isUsed = (folder, listed) => across.some((each) => each.folder === folder && isAt(listed, each.to));
  const idle = Object.entries(folders).flatMap(([folder, listed]) =>
    listed.filter((each) => !isUsed(folder, each)).map((each) => `${folder} does not import ${each}`),
  );
  const unused = Object.entries(packages).flatMap(([name, rooms]) =>
    rooms
      .filter((room) => !inside.some((each) => isOf(name, each.name) && isBelow(room, each.folder)))
      .map((room) => `${room} does not import ${name}`),
  );
  assert.deepEqual([...idle, ...unused], []);
});

test('a package is imported where layers.json says that it belongs', () => {
  const wrong = inside.filter(({ name, folder }) => {
    const owned = Object.entries(packages).find(([each]) => isOf(each, name));
    return owned !== undefined && !owned[1].some((each) => isBelow(each, folder));
  });
  assert.deepEqual(wrong.map(sentence), []);
});

test('there is no circle of files at run time, and none of folders', () => {
  const ofFiles = inside.filter(({ to, atRunTime }) => to !== undefined && atRunTime).map(({ file, to }) => [file, to]);
  const ofFolders = across.map(({ folder, to }) => [folder, dirname(to)]);
  assert.deepEqual([circleIn(ofFiles), circleIn(ofFolders)], [[], []]);
});

test('tests from outside, and products of others, are made of what theirs would be made of', async () => {
  const all = await importsIn('{e2e,examples/products}');
  const theirs = all.filter(({ file, to }) => to !== undefined && !file.endsWith('.test.ts'));
  const wrong = theirs.filter(({ file, to }) => {
    const nearest = Object.keys(outside)
      .filter((each) => isBelow(each, file))
      .toSorted((a, b) => b.length - a.length)[0];
    return !outside[nearest].some((each) => isBelow(each, to));
  });
  assert.deepEqual(wrong.map(sentence), []);
});

async function importsIn(where) {
  const files = await Array.fromAsync(glob(`${where}/**/*.ts`, { cwd: root, exclude: ['**/node_modules'] }));
  return files.flatMap((file) =>
    Array.from(readFileSync(join(root, file), 'utf8').matchAll(IMPORT), ({ groups: { type, from, bare, late } }) => {
      const name = from ?? bare ?? late;
      const to = name.startsWith('.') ? normalize(join(dirname(file), name)) : undefined;
      return { file, folder: dirname(file), name, to, atRunTime: type === undefined && late === undefined };
    }),
  );
}

/** Of a package: `node:` is what all of Node's own begin with. */
function isOf(listed, name) {
  return name === listed || name.startsWith(listed.endsWith(':') ? listed : `${listed}/`);
}

function isAt(listed, file) {
  return listed === file || listed === dirname(file);
}

function isBelow(folder, path) {
  return `${path}/`.startsWith(`${folder}/`);
}

function sentence({ file, name, to }) {
  return `${file} may not import ${to ?? name}`;
}

/** What is left once whatever imports nothing more, or is not imported any more, was taken away, again and again. */
function circleIn(pairs) {
  const [from, to] = [new Set(pairs.map(([each]) => each)), new Set(pairs.map(([, each]) => each))];
  const left = pairs.filter(([a, b]) => to.has(a) && from.has(b));
  return left.length < pairs.length ? circleIn(left) : [...new Set(left.flat())];
}
