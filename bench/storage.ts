/**
 * What the storage costs beside bare SQLite, in one run and round by round: `node bench/storage.ts`.
 * TRELLIS_BENCH_CHILDREN sets the size of the large folder.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bareSqlite } from '../server/storage/bench-floor.ts';
import { openStorage } from '../server/storage/open.ts';
import type { Change, ObjectState, Sort, Storage } from '../server/storage/storage.ts';
import { SORTS } from '../server/storage/storage.ts';

const CHILDREN = Number(process.env['TRELLIS_BENCH_CHILDREN'] ?? 100_000);
const ROUNDS = 15;
const SLICE = 5000;

const folder = mkdtempSync(join(tmpdir(), 'trellis-bench-'));
const storage = await openStorage({ dataFolder: folder });
const floor = bareSqlite(join(folder, 'floor.sqlite'));
try {
  const large = await fill(storage, CHILDREN);
  const small = await fill(storage, 10);
  await benchCommits(storage, large, small);
  await benchReads(storage, large);
  await benchPages(storage, large);
} finally {
  storage.close();
  floor.close();
  rmSync(folder, { recursive: true });
}

function state(oid: number, parent: number | null, id: string): ObjectState {
  const properties = { servers: ['localhost:11211', 'localhost:11212'], replicas: 2, note: 'x'.repeat(100) };
  const time = Date.now();
  const plain = { type: 'MemCache Proxy', title: `Title of ${id}`, owner: 'admin', created: time, modified: time };
  return { oid, parent, id, properties, ...plain, modifiedBy: 'admin', revision: 1 };
}

async function commit(to: Storage, changes: readonly Change[]): Promise<number> {
  return to.commit({ changes, user: 'admin', description: 'Changed', time: Date.now() });
}

async function add(to: Storage, parent: number | null, id: string): Promise<Change> {
  const oid = to.newOid();
  const change = { oid, basis: null, after: state(oid, parent, id), links: [] };
  const serial = await commit(to, [change]);
  return { ...change, basis: serial };
}

async function fill(to: Storage, count: number): Promise<{ readonly oid: number; readonly children: number[] }> {
  const root = (await to.load(1, to.lastTransaction())) ?? (await commit(to, [rootChange()]), { oid: 1 });
  const { oid: parent } = await add(to, root.oid, `folder-of-${count}`);
  const children: number[] = [];
  while (children.length < count) {
    const oids = Array.from({ length: Math.min(SLICE, count - children.length) }, () => to.newOid());
    await commit(
      to,
      oids.map((oid, index) => ({
        oid,
        basis: null,
        after: state(oid, parent, `child-${shuffled(children.length + index)}`),
        links: [],
      })),
    );
    children.push(...oids);
    process.stderr.write(`\rfilling ${children.length} of ${count}`);
  }
  process.stderr.write('\n');
  return { oid: parent, children };
}

function rootChange(): Change {
  return { oid: 1, basis: null, after: state(1, null, ''), links: [] };
}

/** Ids that do not come in the order of oids. */
function shuffled(index: number): string {
  return ((index * 7919) % 1_000_003).toString(36);
}

interface Folder {
  readonly oid: number;
  readonly children: readonly number[];
}

async function benchCommits(to: Storage, large: Folder, small: Folder): Promise<void> {
  let page = await add(to, 1, 'changing');
  let serial = 0;
  const bare: number[] = [];
  const change: number[] = [];
  const addSmall: number[] = [];
  const addLarge: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const text = JSON.stringify(page.after);
    bare.push(await microseconds(200, async (n) => floor.write(round * 200 + n, text)));
    change.push(
      await microseconds(200, async (n) => {
        const after = { ...(page.after as ObjectState), modified: Date.now(), revision: n };
        serial = await commit(to, [{ ...page, after }]);
        page = { ...page, basis: serial };
      }),
    );
    addSmall.push(await microseconds(50, async (n) => add(to, small.oid, `new-${round}-${n}`)));
    addLarge.push(await microseconds(50, async (n) => add(to, large.oid, `new-${round}-${n}`)));
  }
  report('commit, bare SQLite (floor)', bare);
  report('commit, one property changed', change, bare, 'goal 2');
  report('add one among 10 and more', addSmall, bare);
  report(`add one among ${large.children.length}`, addLarge, addSmall, 'to the line above, goal 2');
}

async function benchReads(to: Storage, large: Folder): Promise<void> {
  const last = to.lastTransaction();
  const some = Array.from({ length: 1000 }, (_, n) => large.children[(n * 97) % large.children.length] ?? 0);
  const bare: number[] = [];
  const load: number[] = [];
  const past: number[] = [];
  const lastTransaction: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await microseconds(1000, async (n) => floor.read(n)));
    load.push(await microseconds(1000, async (n) => to.load(some[n] ?? 0, last)));
    past.push(await microseconds(1000, async (n) => to.load(some[n] ?? 0, last - 1)));
    lastTransaction.push(await microseconds(1000, async () => to.lastTransaction()));
  }
  report('point read, bare SQLite and JSON.parse', bare);
  report('load', load, bare);
  report('load, as of one transaction earlier', past, bare);
  report('lastTransaction', lastTransaction);
}

async function benchPages(to: Storage, large: Folder): Promise<void> {
  const last = to.lastTransaction();
  const page = (sort: Sort, offset: number, filter = '', asOf = last) =>
    to.children(large.oid, { sort, offset, filter, limit: 50, order: 'asc' }, asOf);
  for (const sort of SORTS) await benchPage(`page of 50 by ${sort}, first`, () => page(sort, 0));
  await benchPage('page of 50 by title, in the middle', () => page('title', large.children.length / 2));
  await benchPage('page of 50 by title, one transaction ago', () => page('title', 0, '', last - 1));
  await benchPage('page of 50 by title, filtered', () => page('title', 0, 'child-7'), 3);
  await benchPage('search that finds 20', () => to.search('child-7', 20));
  await benchPage('search that finds nothing', () => to.search('nowhere', 20), 3);
}

async function benchPage(name: string, read: () => Promise<unknown>, rounds = ROUNDS): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await microseconds(1, read));
  report(name, times);
}

async function microseconds(count: number, work: (n: number) => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  for (let n = 0; n < count; n++) await work(n);
  return ((performance.now() - begun) * 1000) / count;
}

function report(name: string, times: readonly number[], base?: readonly number[], note = ''): void {
  const ratio = base && median(times.map((time, round) => time / (base[round] ?? time)));
  const shown = ratio === undefined ? '' : `${ratio.toFixed(2)} x`;
  console.log(`${name.padEnd(44)} ${median(times).toFixed(1).padStart(10)} µs  ${shown} ${note}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
