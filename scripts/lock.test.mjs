import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { whileLocked } from './lock.mjs';

const module = new URL('lock.mjs', import.meta.url).href;

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'lock-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('of eight processes that want the lock at once, each has it alone', async (t) => {
  const place = folder(t);
  const script = `
    const { whileLocked } = await import(${JSON.stringify(module)});
    const { readFileSync, writeFileSync } = await import('node:fs');
    const { setTimeout: wait } = await import('node:timers/promises');
    await whileLocked(${JSON.stringify(join(place, 'lock'))}, 'waiting', async () => {
      const counter = ${JSON.stringify(join(place, 'counter'))};
      const seen = Number(readFileSync(counter, 'utf8'));
      await wait(20);
      writeFileSync(counter, String(seen + 1));
    });`;
  writeFileSync(join(place, 'counter'), '0');
  const children = Array.from({ length: 8 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]));
  const ends = await Promise.all(children.map((child) => once(child, 'exit')));
  assert.ok(ends.every(([code]) => code === 0));
  assert.equal(readFileSync(join(place, 'counter'), 'utf8'), '8');
  assert.deepEqual(readdirSync(place), ['counter']);
});

test('the lock of a process that died is taken over', async (t) => {
  const lock = join(folder(t), 'lock');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  mkdirSync(lock);
  writeFileSync(join(lock, 'owner'), `${hostname()} ${pid}`);
  assert.equal(await whileLocked(lock, 'waiting', async () => existsSync(lock)), true);
  assert.ok(!existsSync(lock));
});

test('the lock is given back when the work fails', async (t) => {
  const lock = join(folder(t), 'lock');
  await assert.rejects(
    whileLocked(lock, 'waiting', () => Promise.reject(new Error('no disk'))),
    /no disk/,
  );
  assert.ok(!existsSync(lock));
});
