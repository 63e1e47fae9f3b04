import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const LOG = new URL('log.ts', import.meta.url).href;
const LINES = 10_000;

const PROGRAM = `
  import { closeSync, openSync } from 'node:fs';
  import { setTimeout as wait } from 'node:timers/promises';
  import { openLog } from '${LOG}';
  const log = openLog();
  for (let line = 0; line < ${LINES}; line += 1) log.error({ err: new Error('no room') }, 'kept or lost');
  await wait(50);
  // Standard error leads elsewhere from now on, as a file does that has room again.
  closeSync(2);
  openSync(process.env.LOG_FILE, 'w');
  log.error('the first line is lost');
  await wait(50);
  log.error('there is room');
  process.exit(7);`;

test('a log that cannot be written ends nothing, and is written again when there is room', () => {
  const program = ['--input-type=module', '--eval', PROGRAM];
  const shell = ['-c', 'exec "$0" "$@" 2>/dev/full', process.execPath, ...program];
  const folder = mkdtempSync(join(tmpdir(), 'trellis-log-'));
  const file = join(folder, 'log');
  const { status } = spawnSync('sh', shell, { env: { ...process.env, LOG_FILE: file }, timeout: 30_000 });
  assert.equal(status, 7);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  rmSync(folder, { recursive: true });
  const kept = lines.filter((line) => line.includes('kept or lost')).length;
  assert.ok(kept > 10 && kept < LINES / 2, `${kept} of ${LINES} lines waited`);
  assert.match(lines.at(-1) ?? '', /there is room/);
});

const MASKING = `
  import { addSecretWords } from '${new URL('secret-words.ts', import.meta.url).href}';
  import { openLog } from '${LOG}';
  addSecretWords(['IBAN']);
  const log = openLog();
  const error = new Error('no room');
  log.warn({ iban: 'hush', user: { name: 'ada', userIban: 'hush', headers: { 'set-cookie': 'hush' } }, err: error }, 'said');
  log.warn({ newPassword: 'hush', deep: { one: { two: { csrf: 'hush' } } }, count: 3 }, 'said');`;

test('the log has nothing of what is under the keys of secrets, ours and those of who runs the server', () => {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', MASKING], { encoding: 'utf8' });
  const [first, second] = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.ok(!stderr.includes('hush'), stderr);
  assert.deepEqual(first?.['user'], { name: 'ada', userIban: '[masked]', headers: { 'set-cookie': '[masked]' } });
  assert.match(JSON.stringify(first?.['err']), /Error: no room/);
  assert.deepEqual([second?.['newPassword'], second?.['count'], second?.['msg']], ['[masked]', 3, 'said']);
});
