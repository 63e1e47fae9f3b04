// Packs one of the packages that others install, as for publishing: `node scripts/pack.mjs packages/sessions /tmp`.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whileLocked } from './lock.mjs';
import { root } from './setup.mjs';

/** Gives the path of the package's file and the names of what is in it. One is packed at a time: they share their folders. */
export function pack(folder, destination) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  return whileLocked(join(root, 'dist/pack.lock'), 'Waiting for another package to be packed…', () => {
    const command = ['pack', join(root, folder), '--json', '--pack-destination', destination];
    const { status, stdout, stderr } = spawnSync('npm', command, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${folder} could not be packed. npm said:\n${stderr}${stdout}`);
    const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
    return { file: join(resolve(destination), filename), names: files.map(({ path }) => path) };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, destination] = process.argv.slice(2);
  console.log(JSON.stringify(await pack(folder, destination)));
}
