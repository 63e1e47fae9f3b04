import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LONGEST_INSTALL_MS = 90_000;
const KEPT = new URL('../../../dist/nodes', import.meta.url).pathname;

/** The program of another version of Node, installed at the first time and kept; `undefined` where it cannot be had. */
export async function findNode(version: string): Promise<string | undefined> {
  const kept = join(KEPT, version);
  const name = `node-${process.platform}-${process.arch}`;
  try {
    if (!existsSync(kept)) await install(`${name}@${version}`, kept);
    return join(kept, 'node_modules', name, 'bin/node');
  } catch (error) {
    console.log(`Node ${version} cannot be installed: ${(error as Error).message}`);
    return undefined;
  }
}

async function install(what: string, kept: string): Promise<void> {
  await mkdir(KEPT, { recursive: true });
  const fresh = await mkdtemp(join(KEPT, 'install-'));
  const quiet = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    await run('npm', ['install', ...quiet, '--prefix', fresh, what], { timeout: LONGEST_INSTALL_MS });
    await rename(fresh, kept);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
