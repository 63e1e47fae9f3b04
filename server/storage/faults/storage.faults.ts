import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { openInFolder } from '../sqlite/open.ts';
import { countOf, firstBatch, increment, readGroup } from './group.ts';

// Full size: TRELLIS_KILLS=200 TRELLIS_STEPS=5000 TRELLIS_WAL_CUTS=1000.
const KILLS = Number(process.env['TRELLIS_KILLS'] ?? 20);
const STEPS = Number(process.env['TRELLIS_STEPS'] ?? 150);
const WAL_CUTS = Number(process.env['TRELLIS_WAL_CUTS'] ?? 40);

test(`of ${KILLS} processes killed while committing, every acknowledged commit is there and none is torn`, async () => {
  await using folder = await newFolder();
  let kills = 0;
  for (let last = 0; kills < KILLS; kills++) {
    const counting = startCounting(folder.path, 1e9);
    await counting.hasCounted();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 25));
    counting.process.kill('SIGKILL');
    await counting.gone;
    assert.equal(counting.process.signalCode, 'SIGKILL');
    const acknowledged = counting.counts.at(-1) ?? 0;
    const count = await checkWhole(folder.path);
    assert.ok(
      acknowledged > last && (count === acknowledged || count === acknowledged + 1),
      `${acknowledged}, ${count}`,
    );
    last = count;
  }
});

for (const processes of [2, 5]) {
  test(`${processes} processes that start together count up in one file: none busy, none lost, one of them first`, async () => {
    await using folder = await newFolder();
    const steps = Math.ceil(STEPS / processes);
    const counting = Array.from({ length: processes }, () => startCounting(folder.path, steps));
    for (const { gone, process: child } of counting) {
      await gone;
      assert.equal(child.exitCode, 0);
    }
    assert.equal(counting.filter(({ isFirst }) => isFirst()).length, 1);
    const counts = counting.flatMap((one) => one.counts).toSorted((a, b) => a - b);
    assert.deepEqual(
      counts,
      Array.from({ length: steps * processes }, (_, index) => index + 1),
    );
    assert.equal(await checkWhole(folder.path), steps * processes);
  });
}

test('one process killed leaves the others working', async () => {
  await using folder = await newFolder();
  const [victim, ...others] = [
    startCounting(folder.path, 1e9),
    startCounting(folder.path, 60),
    startCounting(folder.path, 60),
  ];
  await Promise.all([victim, ...others].map((one) => one?.hasCounted()));
  victim?.process.kill('SIGKILL');
  await Promise.all([victim, ...others].map((one) => one?.gone));
  assert.deepEqual(
    others.map((one) => [one.process.exitCode, one.counts.length]),
    [
      [0, 60],
      [0, 60],
    ],
  );
  const acknowledged = 120 + (victim?.counts.length ?? 0);
  const count = await checkWhole(folder.path);
  assert.ok(count === acknowledged || count === acknowledged + 1, `${acknowledged}, ${count}`);
});

test(`a log cut off at ${WAL_CUTS} places, or with as many bits flipped, gives a beginning of the history`, async () => {
  await using folder = await newFolder();
  const storage = await openInFolder(folder.path);
  await storage.commit(firstBatch());
  storage.close();
  const commits = 60;
  const again = await openInFolder(folder.path);
  for (let count = 0; count < commits; count++) await increment(again);
  const log = await readFile(join(folder.path, 'trellis.sqlite-wal'));
  const seen = new Set<number>();
  for (let cut = 0; cut < WAL_CUTS; cut++) {
    const length = Math.floor((cut / (WAL_CUTS - 1)) * log.length);
    seen.add(await checkBeginning(folder.path, log.subarray(0, length), commits));
    const flipped = Buffer.from(log);
    const at = Math.floor(Math.random() * log.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
    seen.add(await checkBeginning(folder.path, flipped, commits));
  }
  again.close();
  assert.ok(seen.has(0) && seen.has(commits) && seen.size > 10, `histories of ${[...seen].join(', ')} commits`);
});

/** Opens a copy of the database with another log, and gives how far its history goes. */
async function checkBeginning(dataFolder: string, log: Buffer, commits: number): Promise<number> {
  await using copy = await newFolder();
  await copyFile(join(dataFolder, 'trellis.sqlite'), join(copy.path, 'trellis.sqlite'));
  await writeFile(join(copy.path, 'trellis.sqlite-wal'), log);
  const count = await checkWhole(copy.path);
  assert.ok(count >= 0 && count <= commits);
  return count;
}

/** Opens the database after whatever happened to it, and gives the group's count. */
async function checkWhole(dataFolder: string): Promise<number> {
  const storage = await openInFolder(dataFolder);
  const group = await readGroup(storage);
  assert.ok(group);
  const count = countOf(group);
  assert.equal((await storage.refresh()).tid, count + 1);
  const newest = (await storage.revisions(1, 1))[0];
  assert.deepEqual([newest?.serial, newest?.state?.properties['count']], [count + 1, count]);
  storage.close();
  const database = new Database(join(dataFolder, 'trellis.sqlite'));
  assert.equal(database.pragma('integrity_check', { simple: true }), 'ok');
  assert.deepEqual(database.pragma('foreign_key_check'), []);
  database.close();
  return count;
}

function startCounting(dataFolder: string, steps: number) {
  const script = fileURLToPath(new URL('counting-process.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, dataFolder, String(steps)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const lines = () => said.split('\n').slice(0, -1);
  const gone = once(child, 'close');
  return {
    process: child,
    gone,
    isFirst: () => lines().includes('first'),
    get counts() {
      return lines()
        .filter((line) => line !== 'first')
        .map(Number);
    },
    async hasCounted() {
      while (!/\d\n/.test(said) && child.exitCode === null) {
        await Promise.race([once(child.stdout ?? child, 'data'), gone]);
      }
      assert.match(said, /\d\n/, 'it should have counted');
    },
  };
}

async function newFolder() {
  const path = await mkdtemp(join(tmpdir(), 'trellis-faults-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
