import { benchCaches } from './caches.ts';
import { benchChannels } from './channels.ts';
import { benchClient } from './client.ts';
import { CannotBench, readOptions, type Options } from './options.ts';
import { requirePrograms } from './packages.ts';
import { benchRecent } from './recent.ts';
import { print, type Report } from './report.ts';
import { benchSessions } from './sessions.ts';
import { benchStorage } from './storage.ts';

const PARTS: ReadonlyMap<string, (options: Options) => Promise<Report>> = new Map([
  ['sessions', benchSessions],
  ['client', benchClient],
  ['storage', benchStorage],
  ['caches', benchCaches],
  ['channels', benchChannels],
  ['recent', benchRecent],
]);

try {
  await bench(readOptions(process.argv.slice(2), [...PARTS.keys()]));
} catch (error) {
  if (!(error instanceof CannotBench)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function bench(options: Options): Promise<void> {
  requirePrograms('wrk', 'memcached');
  const reports: Report[] = [];
  for (const [name, run] of PARTS) if (options.parts.includes(name)) reports.push(await run(options));
  for (const { sections } of reports)
    for (const section of sections) process.stdout.write(print(section, options.asMarkdown));
  if (options.asMarkdown) return;
  for (const line of reports.flatMap(({ lines }) => lines))
    process.stdout.write(`${JSON.stringify(line, toThreePlaces)}\n`);
}

function toThreePlaces(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
