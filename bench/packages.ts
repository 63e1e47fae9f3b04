import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { CannotBench } from './options.ts';

const run = promisify(execFile);

/** Fails with a sentence where a program is missing. */
export function requirePrograms(...names: readonly string[]): void {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const missing = names.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
  if (missing.length === 0) return;
  const them = missing.join(' and ');
  throw new CannotBench(
    `This needs ${them}. Install ${them} first, on Debian by: apt-get install ${missing.join(' ')}`,
  );
}

/** Installs a package below this folder, exactly as its lockfile says, unless that was done before. */
export async function installPackage(folder: string): Promise<void> {
  const lockfile = join(folder, 'package-lock.json');
  const installed = join(folder, 'node_modules', '.installed-lockfile');
  if (existsSync(installed) && (await readFile(installed)).equals(await readFile(lockfile))) return;
  process.stderr.write(`installing ${basename(folder)}…\n`);
  // What the npm that runs this script told it about the project would send the other npm to the wrong folder.
  const { npm_config_local_prefix: _, INIT_CWD: __, ...env } = process.env;
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['ci', ...quiet], { cwd: folder, env }).catch((error: Error & { stderr?: string }) => {
    throw new CannotBench(`npm ci failed in ${folder}. It said:\n${error.stderr ?? error.message}`);
  });
  await copyFile(lockfile, installed);
}
