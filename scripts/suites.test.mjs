import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeTests, run } from './suites.mjs';

test('a command is run with its output kept, and said to have failed where it did', async () => {
  assert.deepEqual(await run('node', ['-p', '"spoken"'], 10_000), { ok: true, output: 'spoken\n' });
  assert.equal((await run('node', ['-e', 'process.exit(3)'], 10_000)).ok, false);
  const absent = await run('no-such-command', [], 10_000);
  assert.equal(absent.ok, false);
  assert.match(absent.output, /no-such-command did not start/);
});

test('a command that takes longer than its limit is ended, with what it started', async () => {
  // A shell, because it has started another program before the limit however busy the machine is.
  const { ok, output } = await run('sh', ['-c', 'sleep 1000 & echo $!; wait'], 2_000);
  assert.equal(ok, false);
  assert.match(output, /^(\d+)\n✖ sh took longer than 2 s and was ended\.\n$/);
  const gone = performance.now() + 30_000;
  while (isAlive(Number.parseInt(output, 10))) assert.ok(performance.now() < gone, 'what the command started lives on');
});

test('a file that fails is tried once more, whole: what passes then is counted apart, what fails again has failed', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'suites-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  const suite = (tests) => writeFileSync(join(cwd, 'a.test.mjs'), `import { test } from 'node:test';\n${tests}`);
  const counts = () => nodeTests(60_000, ['a.test.mjs'], cwd);

  suite(`
    import { existsSync, writeFileSync } from 'node:fs';
    let isPrepared = false;
    test('good', () => { isPrepared = true; });
    test('fails the first time', () => {
      if (!isPrepared) throw new Error('the test before was not run');
      if (existsSync('tried')) return;
      writeFileSync('tried', '');
      throw new Error('the first time');
    });`);
  assert.deepEqual(await counts(), { passed: 2, failed: 0, again: 1 });
  assert.deepEqual(await counts(), { passed: 2, failed: 0, again: 0 });

  suite(`
    test('good', () => {});
    test('bad', () => { throw new Error('always'); });`);
  assert.deepEqual(await counts(), { passed: 1, failed: 1, again: 0 });

  writeFileSync(
    join(cwd, 'contract.mjs'),
    "import { test } from 'node:test'; export const hold = () => test('shared', () => { throw new Error('always'); });",
  );
  suite("import { hold } from './contract.mjs'; test('good', () => {}); hold();");
  assert.deepEqual(await counts(), { passed: 1, failed: 1, again: 0 }, 'of a contract, too');

  suite('throw new Error("no test is declared");');
  assert.equal((await counts()).failed, 1);
});

/** Whether a process runs; one that was ended and that nobody has asked after since (state Z) does not. */
function isAlive(pid) {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
