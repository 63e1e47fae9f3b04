// What `npm test` runs: prepares what is missing, then every suite, or those that are named: `npm test -- unit browser`.
import { setUp, SetupError } from './setup.mjs';
import { ROUNDS, suites } from './suites.mjs';
import { requirePrograms } from './system-packages.mjs';

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main(names) {
  const chosen = choose(names);
  await setUp();
  await requirePrograms([...new Set(chosen.flatMap((name) => suites[name].programs))]);
  const rows = [];
  const started = performance.now();
  for (const round of ROUNDS) rows.push(...(await runRound(round.filter((name) => chosen.includes(name)))));
  summarise(rows, secondsSince(started));
}

function choose(names) {
  const known = Object.keys(suites);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new SetupError(`There is no suite "${unknown[0]}". The suites are ${known.join(', ')}.`);
  return names.length === 0 ? known : known.filter((name) => names.includes(name));
}

async function runRound(names) {
  if (names.length > 0) console.log(`\n━━ ${names.join(' and ')} ━━`);
  return Promise.all(names.map(runSuite));
}

async function runSuite(name) {
  const started = performance.now();
  const { passed, failed, again } = await suites[name].run();
  return { name, passed, failed, again, seconds: secondsSince(started) };
}

function secondsSince(started) {
  return (performance.now() - started) / 1000;
}

function summarise(rows, seconds) {
  const sum = (column) => rows.reduce((total, row) => total + row[column], 0);
  const all = {
    name: 'all',
    passed: sum('passed'),
    failed: sum('failed'),
    again: sum('again'),
    seconds,
  };
  console.log('\n   suite      passed  failed     time');
  for (const row of [...rows, all]) {
    const sign = row.failed === 0 ? '✔' : '✖';
    const figures = [
      String(row.passed).padStart(7),
      String(row.failed).padStart(8),
      `${row.seconds.toFixed(1)} s`.padStart(9),
    ];
    const remark = row.again > 0 ? `  ${row.again} passed only when tried once more` : '';
    console.log(`${sign}  ${row.name.padEnd(10)}${figures.join('')}${remark}`);
  }
  console.log(`\n${all.passed} passed, ${all.failed} failed`);
  process.exitCode = all.failed === 0 ? 0 : 1;
}
