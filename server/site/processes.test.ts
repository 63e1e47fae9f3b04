import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Background } from '../base/background.ts';
import { openLog } from '../base/log.ts';
import { Processes, type Signature } from './processes.ts';
import { newestFormat, RECORD_FORMATS } from '../sessions/record/record-format.ts';
import { MemoryStorage } from '../storage/memory/memory-storage.ts';

const HEARTBEAT_MS = 20_000;
const HOUR_MS = 3_600_000;
const log = openLog('silent');

/** Processes of one machine on one data folder. `now` is the time that passes for all of them. */
async function machine() {
  const { tables } = new MemoryStorage({ mounted: false });
  const formats = await tables.small<number>('record formats');
  const time = { now: 1_000_000 };
  const start = (aheadMs = 0, signsAs = 'processes', heartbeatMs = HEARTBEAT_MS) => {
    const background = new Background(log);
    const processes = new Processes({
      table: tables.keyed(signsAs),
      elsewhere: tables.keyed(signsAs === 'processes' ? 'applications' : 'processes'),
      formats,
      clock: () => Date.now() + time.now + aheadMs,
      monotonicClock: () => time.now,
      background,
      log,
      heartbeatMs,
    });
    return { processes, end: () => background.close() };
  };
  return { tables, formats, time, start };
}

test('a process is known as long as it signs, however far off its clock is', async () => {
  for (const aheadMs of [0, HOUR_MS, -HOUR_MS]) {
    const { time, start } = await machine();
    const one = start();
    const other = start(aheadMs);
    try {
      assert.equal(await one.processes.hasOthers(), true, `${aheadMs}`);
      assert.equal(await other.processes.hasOthers(), true);
      time.now += 4 * HEARTBEAT_MS;
      assert.equal(await one.processes.hasOthers(), false, 'it has not signed for long');
    } finally {
      one.end();
      other.end();
    }
  }
});

test('a process counts for three of its own heartbeats, however often others sign', async () => {
  const { tables, time, start } = await machine();
  const slow = start(0, 'processes', 10 * HEARTBEAT_MS);
  time.now += 5 * HEARTBEAT_MS;
  const quick = start();
  try {
    assert.equal(await quick.processes.hasOthers(), true);
    assert.equal((await tables.keyed('processes').entries()).length, 2);
    time.now += 26 * HEARTBEAT_MS;
    assert.equal(await quick.processes.hasOthers(), false, 'it has not signed for long');
  } finally {
    slow.end();
    quick.end();
  }
});

test('a format of records may be written once every process and application that signed in reads it', async () => {
  const { tables, formats, start } = await machine();
  const own = newestFormat();
  const one = start();
  try {
    RECORD_FORMATS.push({ ...RECORD_FORMATS[0]!, number: own + 1 });
    assert.equal(one.processes.newestRecordFormat(), own + 1);
    for (const signsAs of ['processes', 'applications']) {
      const table = tables.keyed<Signature | number>(signsAs);
      const wallMs = Date.now() + 1_000_000;
      const signature = { pid: 1, boot: 'another machine', monotonicMs: 0, wallMs };
      for (const signed of [wallMs, signature, { ...signature, recordFormat: own }]) {
        await table.update((signatures) => signatures.set('old', signed));
        await one.processes.sign();
        assert.equal(one.processes.newestRecordFormat(), own, JSON.stringify(signed));
      }
      await table.update((signatures) => signatures.set('old', { ...signature, recordFormat: own + 2 }));
      await one.processes.sign();
      assert.equal(one.processes.newestRecordFormat(), own + 1);
      await table.update((signatures) => signatures.delete('old'));
    }
    await one.processes.sign();
    await formats.update((noted) => noted.set('starting', own));
    assert.equal(one.processes.newestRecordFormat(), own, 'known before our next heartbeat');
    const signature = { pid: 1, boot: 'another machine', monotonicMs: 0, wallMs: Date.now() + 1_000_000 };
    await tables.keyed('processes').update((signed) => signed.set('starting', { ...signature, recordFormat: own }));
    await one.processes.sign();
    await formats.update((noted, draftOf) => {
      noted.delete('starting');
      draftOf(tables.keyed('processes')).delete('starting');
    });
    assert.equal(one.processes.newestRecordFormat(), own + 1, 'it has signed off, since our last heartbeat');
    await formats.update((noted) => noted.set('killed', own));
    await one.processes.sign();
    assert.equal(one.processes.newestRecordFormat(), own + 1, 'its signature is over');
  } finally {
    RECORD_FORMATS.pop();
    one.end();
  }
});

test('clocks are held against the one that a machine’s processes share, applications included', async () => {
  const { start } = await machine();
  const [right, near, far] = [start(), start(29_000), start(-HOUR_MS, 'applications')];
  try {
    const aheads = async ({ processes }: typeof right) =>
      (await processes.clocksThatAreOff()).map(({ aheadS }) => aheadS);
    assert.deepEqual(await aheads(right), [-3_600]);
    assert.deepEqual(await aheads(near), [-3_629]);
    assert.deepEqual(
      (await aheads(far)).toSorted((a, b) => a - b),
      [3_600, 3_629],
    );
  } finally {
    for (const each of [right, near, far]) each.end();
  }
});
