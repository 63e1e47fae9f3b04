import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const KEPT = new URL('../../dist/nodes', import.meta.url).pathname;

/** The program of another version of Node, installed at the first time and kept. */
export async function nodeOf(version: string): Promise<string> {
  const kept = join(KEPT, version);
  const name = `node-${process.platform}-${process.arch}`;
  if (!existsSync(kept)) await install(`${name}@${version}`, kept);
  return join(kept, 'node_modules', name, 'bin/node');
}

async function install(what: string, kept: string): Promise<void> {
  await mkdir(KEPT, { recursive: true });
  const fresh = await mkdtemp(join(KEPT, 'install-'));
  const quiet = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    await run('npm', ['install', ...quiet, '--prefix', fresh, what]);
    await rename(fresh, kept);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
