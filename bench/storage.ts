import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bareSqlite } from './bare-sqlite.ts';
import { openInFolder } from '../server/storage/sqlite/open.ts';
import type { Change, ObjectState, Snapshot, Sort, Storage } from '../server/storage/storage.ts';
import { SORTS } from '../server/storage/storage.ts';
import type { Options } from './options.ts';
import { figure, median, verdict, type Report, type Section } from './report.ts';

interface Row {
  readonly what: string;
  readonly us: number;
  readonly ratio?: number;
  /** What the ratio is to. */
  readonly to?: string;
  readonly goal?: number;
}

const ROUNDS = 15;
const SLICE = 5000;
const FLOOR = 'bare SQLite';

/** What the storage costs beside bare SQLite, in one run and round by round. */
export async function benchStorage({ objects }: Options): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'trellis-bench-'));
  const storage = await openInFolder(folder);
  const floor = bareSqlite(join(folder, 'floor.sqlite'));
  try {
    const large = await fill(storage, objects);
    const small = await fill(storage, 10);
    const rows = [
      ...(await benchCommits(storage, floor, large, small)),
      ...(await benchReads(storage, floor, large)),
      ...(await benchPages(storage, large)),
    ];
    return { sections: [section(rows, objects)], lines: rows.map((row) => ({ part: 'storage', ...row })) };
  } finally {
    storage.close();
    floor.close();
    rmSync(folder, { recursive: true });
  }
}

function section(rows: readonly Row[], objects: number): Section {
  return {
    title: `Storage: ${objects} objects in a folder`,
    columns: ['operation', 'µs', 'ratio', 'to', 'goal'],
    rows: rows.map(({ what, us, ratio, to = '', goal }) => [
      what,
      figure(us, 1),
      goal === undefined ? figure(ratio, 2) : verdict(ratio, { sign: '≤', limit: goal }),
      to,
      goal === undefined ? '' : `≤ ${goal}`,
    ]),
  };
}

function state(oid: number, parent: number | null, id: string): ObjectState {
  const properties = { servers: ['localhost:11211', 'localhost:11212'], replicas: 2, note: 'x'.repeat(100) };
  const time = Date.now();
  const plain = { type: 'MemCache Proxy', title: `Title of ${id}`, owner: 'admin', created: time, modified: time };
  return { oid, parent, id, properties, ...plain, modifiedBy: 'admin', revision: 1 };
}

async function commit(to: Storage, changes: readonly Change[]): Promise<number> {
  return (await to.commit({ changes, user: 'admin', description: 'Changed', time: Date.now() })).tid;
}

async function add(to: Storage, parent: number | null, id: string): Promise<Change> {
  const oid = to.newOid();
  const change = { oid, basis: null, after: state(oid, parent, id), links: [] };
  const serial = await commit(to, [change]);
  return { ...change, basis: serial };
}

async function fill(to: Storage, count: number): Promise<{ readonly oid: number; readonly children: number[] }> {
  const root = (await to.load(1, await to.refresh())) ?? (await commit(to, [rootChange()]), { oid: 1 });
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

type Floor = ReturnType<typeof bareSqlite>;

async function benchCommits(to: Storage, floor: Floor, large: Folder, small: Folder): Promise<readonly Row[]> {
  let page = await add(to, 1, 'changing');
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
        page = { ...page, basis: await commit(to, [{ ...page, after }]) };
      }),
    );
    addSmall.push(await microseconds(50, async (n) => add(to, small.oid, `new-${round}-${n}`)));
    addLarge.push(await microseconds(50, async (n) => add(to, large.oid, `new-${round}-${n}`)));
  }
  const many = large.children.length;
  return [
    { what: 'commit, bare SQLite', us: median(bare) },
    { what: 'commit, one property changed', us: median(change), ratio: ratio(change, bare), to: FLOOR, goal: 2 },
    { what: 'add one among 10 and more', us: median(addSmall), ratio: ratio(addSmall, bare), to: FLOOR },
    { what: `add one among ${many}`, us: median(addLarge), ratio: ratio(addLarge, addSmall), to: 'among 10', goal: 2 },
  ];
}

async function benchReads(to: Storage, floor: Floor, large: Folder): Promise<readonly Row[]> {
  const last = await to.refresh();
  const some = Array.from({ length: 1000 }, (_, n) => large.children[(n * 97) % large.children.length] ?? 0);
  const bare: number[] = [];
  const load: number[] = [];
  const past: number[] = [];
  const refresh: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await microseconds(1000, async (n) => floor.read(n)));
    load.push(await microseconds(1000, async (n) => to.load(some[n] ?? 0, last)));
    past.push(await microseconds(1000, async (n) => to.load(some[n] ?? 0, earlier(last))));
    refresh.push(await microseconds(1000, () => to.refresh()));
  }
  return [
    { what: 'point read and JSON.parse, bare SQLite', us: median(bare) },
    { what: 'load', us: median(load), ratio: ratio(load, bare), to: FLOOR },
    { what: 'load, as of one transaction earlier', us: median(past), ratio: ratio(past, bare), to: FLOOR },
    { what: 'refresh', us: median(refresh) },
  ];
}

async function benchPages(to: Storage, large: Folder): Promise<readonly Row[]> {
  const last = await to.refresh();
  const page = (sort: Sort, offset: number, filter = '', asOf = last) =>
    to.children(large.oid, { sort, offset, filter, limit: 50, order: 'asc' }, asOf);
  const rows: Row[] = [];
  for (const sort of SORTS) rows.push(await benchPage(`page of 50 by ${sort}, first`, () => page(sort, 0)));
  rows.push(await benchPage('page of 50 by title, in the middle', () => page('title', large.children.length / 2)));
  rows.push(await benchPage('page of 50 by title, one transaction ago', () => page('title', 0, '', earlier(last))));
  rows.push(await benchPage('page of 50 by title, filtered', () => page('title', 0, 'child-7'), 3));
  rows.push(await benchPage('search that finds 20', () => to.search('child-7', 20)));
  rows.push(await benchPage('search that finds nothing', () => to.search('nowhere', 20), 3));
  return rows;
}

async function benchPage(what: string, read: () => Promise<unknown>, rounds = ROUNDS): Promise<Row> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await microseconds(1, read));
  return { what, us: median(times) };
}

async function microseconds(count: number, work: (n: number) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (let n = 0; n < count; n++) await work(n);
  return ((performance.now() - began) * 1000) / count;
}

/** The median of the rounds, each beside its own. */
function ratio(times: readonly number[], base: readonly number[]): number {
  return median(times.map((time, round) => time / (base[round] ?? time)));
}

function earlier({ tid }: Snapshot): Snapshot {
  return { tid: tid - 1 };
}
