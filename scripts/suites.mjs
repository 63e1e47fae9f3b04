import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectEnvironment, root } from './setup.mjs';

const MINUTE_MS = 60_000;

/** Every suite, in the order in which they run: which programs it starts, and how it is run into counts. */
export const suites = {
  check: { programs: [], run: check },
  unit: {
    programs: ['memcached', 'openssl'],
    run: () =>
      nodeTests(10 * MINUTE_MS, [
        '--test-isolation=none',
        '{schema,server,client}/**/*.test.ts',
        'bench/*.test.ts',
        'scripts/**/*.test.mjs',
      ]),
  },
  http: {
    programs: ['memcached'],
    run: () => nodeTests(12 * MINUTE_MS, ['--test-concurrency=2', 'e2e/{http,support}/**/*.test.ts']),
  },
  faults: {
    programs: ['memcached'],
    // Most of the time they wait for what was broken. At full length they also measure, each by itself.
    run: () =>
      nodeTests(15 * MINUTE_MS, [
        `--test-concurrency=${process.env.FULL === '1' ? 1 : 3}`,
        'server/**/*.faults.ts',
        'e2e/faults/**/*.test.ts',
      ]),
  },
  types: {
    programs: ['memcached', 'chromium-headless-shell'],
    run: () =>
      nodeTests(15 * MINUTE_MS, ['--test-concurrency=2', 'e2e/types/**/*.test.ts', 'examples/products/**/*.test.ts']),
  },
  browser: { programs: ['memcached', 'chromium-headless-shell'], run: browserTests },
};

/** What runs beside what: `unit` is one process, and half of its time it waits. */
export const ROUNDS = [['check'], ['unit', 'http'], ['faults'], ['types'], ['browser']];

/** Types, lint, format, and the package for applications; each counts as one test. */
async function check() {
  const commands = [
    ['tsc', '-p', 'tsconfig.json'],
    ['tsc', '-p', 'client/tsconfig.json'],
    ['oxlint', '--deny-warnings'],
    ['oxfmt', '--check'],
    ['node', 'scripts/check-packages.mjs'],
  ];
  const counts = { passed: 0, failed: 0, again: 0 };
  for (const [command, ...args] of commands) {
    const { ok } = await run(command, args, 5 * MINUTE_MS);
    console.log(`${ok ? '✔' : '✖'} ${command} ${args.join(' ')}`);
    counts[ok ? 'passed' : 'failed'] += 1;
  }
  return counts;
}

/**
 * A file in which something failed is tried once more, whole, since its tests may build on each other: what passes then is
 * counted apart, so that it is seen and mended, and does not hide behind the rest or stop everybody else.
 */
export async function nodeTests(limitMs, args, cwd = root) {
  const env = { NODE_TEST_CONTEXT: undefined }; // Set within a test, where it would keep Node from running tests.
  const attempt = (what) => run('node', ['--test', '--test-reporter=spec', ...what], limitMs, { env, cwd });
  const first = await attempt(args);
  const { passed, failed } = countsIn(first.output);
  if (first.ok || failed === 0) return settle(first.ok, { passed, failed });
  console.log('\n━━ once more, the files in which something failed ━━');
  const second = await attempt(againOf(args, first.output));
  const { passed: passedNow, failed: still } = countsIn(second.output);
  // One that was ended has no counts: then nothing is known to have passed.
  if (passedNow + still === 0) return settle(false, { passed, failed });
  return settle(second.ok, { passed: passed + failed - still, failed: still, again: Math.max(0, failed - still) });
}

/**
 * "test at server/a.test.ts:8:1": the files that failed. A contract that several files share is none, and says not which of
 * them it failed for: then all is tried again.
 */
function againOf(args, output) {
  const files = [...new Set([...output.matchAll(/^test at (.+):\d+:\d+$/gm)].map(([, file]) => file))];
  const areTests = files.length > 0 && files.every((file) => /\.(test|faults)\.\w+$/.test(file));
  return areTests ? [...args.filter((arg) => arg.startsWith('--')), ...files] : args;
}

const countsIn = (output) => ({ passed: counted(output, 'pass'), failed: failuresIn(output) });
const failuresIn = (output) => counted(output, 'fail') + counted(output, 'cancelled');

function counted(output, what) {
  const lines = output.match(new RegExp(`^ℹ ${what} (\\d+)$`, 'gm')) ?? [];
  return Number(lines.at(-1)?.split(' ').at(-1) ?? 0);
}

async function browserTests() {
  return inFolder('playwright', async (folder) => {
    const report = join(folder, 'report.json');
    const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report };
    const { ok } = await run('playwright', ['test', '--reporter=list,json'], 20 * MINUTE_MS, { env });
    if (!existsSync(report)) return settle(ok, { passed: 0, failed: 0 });
    const { stats } = JSON.parse(readFileSync(report, 'utf8'));
    return settle(ok, { passed: stats.expected + stats.flaky, failed: stats.unexpected, again: stats.flaky });
  });
}

async function inFolder(name, work) {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A suite that failed without a failing test, or that ran none, counts as one failure. */
function settle(ok, { passed, failed, again = 0 }) {
  const isSilentFailure = failed === 0 && (!ok || passed === 0);
  if (isSilentFailure) console.log(passed === 0 ? '✖ No test ran.' : '✖ The suite ended with an error.');
  return { passed, failed: isSilentFailure ? 1 : failed, again };
}

/** Runs a command with its output shown and kept. One that takes longer than its limit is ended, with all it started. */
export function run(command, args, limitMs, { env = {}, cwd = root } = {}) {
  return new Promise((resolve) => {
    // Of the hundreds of processes that the tests start, most load what others have loaded before.
    const NODE_COMPILE_CACHE = join(root, 'node_modules/.cache/trellis');
    const whole = projectEnvironment({ NODE_COMPILE_CACHE, ...env });
    const options = { cwd, env: whole, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
    const child = spawn(command, args, options);
    let output = '';
    const take = (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    };
    const limit = setTimeout(() => {
      take(`✖ ${command} took longer than ${limitMs / 1000} s and was ended.\n`);
      endGroup(child, 'SIGKILL');
    }, limitMs);
    const interrupted = () => {
      endGroup(child, 'SIGTERM');
      process.exit(130);
    };
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => take(`${command} did not start: ${error.message}\n`));
    child.on('close', (code) => {
      clearTimeout(limit);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      resolve({ ok: code === 0, output });
    });
  });
}

/** Ends a command and what it started. Something that left its group may still hold the output open: no more is read. */
function endGroup(child, signal) {
  child.stdout.destroy();
  child.stderr.destroy();
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
