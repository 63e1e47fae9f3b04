// What `npm test` runs: prepares what is missing, then every suite, or those that are named: `npm test -- unit browser`.
import { setUp, SetupError } from './setup.mjs';
import { suites } from './suites.mjs';
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
  for (const name of chosen) rows.push(await runSuite(name));
  summarise(rows);
}

function choose(names) {
  const known = Object.keys(suites);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new SetupError(`There is no suite "${unknown[0]}". The suites are ${known.join(', ')}.`);
  return names.length === 0 ? known : known.filter((name) => names.includes(name));
}

async function runSuite(name) {
  console.log(`\n━━ ${name} ━━`);
  const started = performance.now();
  const { passed, failed } = await suites[name].run();
  return { name, passed, failed, seconds: (performance.now() - started) / 1000 };
}

function summarise(rows) {
  const sum = (column) => rows.reduce((total, row) => total + row[column], 0);
  console.log('\n   suite      passed  failed     time');
  for (const row of [...rows, { name: 'all', passed: sum('passed'), failed: sum('failed'), seconds: sum('seconds') }]) {
    const sign = row.failed === 0 ? '✔' : '✖';
    const figures = [
      String(row.passed).padStart(7),
      String(row.failed).padStart(8),
      `${row.seconds.toFixed(1)} s`.padStart(9),
    ];
    console.log(`${sign}  ${row.name.padEnd(10)}${figures.join('')}`);
  }
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}
