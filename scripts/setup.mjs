// What `npm start` and `npm test` do first: install the packages and build the interface, where that is not done yet.
// Plain JavaScript, because it runs on the Node that is on the machine (20.19 or newer).
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whileLocked } from './lock.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

const OLDEST_NODE = [20, 19];
const OLD_BUILDS_KEPT = 2;
const LINES_SHOWN = 25;

const modules = join(root, 'node_modules');
const dist = join(root, 'dist');
const client = join(dist, 'client');
const builds = join(dist, 'builds');
const installStamp = join(modules, '.trellis-installed');

/** Installs and builds what is missing or out of date. Of several at once one works and the others wait. */
export async function setUp() {
  requireNode();
  if (isInstalled() && isBuilt()) return;
  mkdirSync(dist, { recursive: true });
  await whileLocked(join(dist, 'setup.lock'), 'Waiting for another start to finish its preparations…', async () => {
    if (!isInstalled()) await install();
    if (!isBuilt()) await build();
  });
}

/** The environment for whatever runs on the Node that the packages bring. */
export function projectEnvironment(further = {}) {
  return { ...process.env, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH}`, ...further };
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(
    `Trellis needs Node ${OLDEST_NODE.join('.')} or newer to start; this is ${process.versions.node}.`,
  );
}

/** Something went wrong that a person can mend; the message says what and how. */
export class SetupError extends Error {}

function isInstalled() {
  const wanted = lockStamp();
  if (readIfThere(installStamp) === wanted) return true;
  if (!hasPackagesOfLockfile() || !existsSync(join(modules, '.bin/node'))) return false;
  writeFileSync(installStamp, wanted);
  return true;
}

function lockStamp() {
  return hashOf([process.platform, process.arch, readFileSync(join(root, 'package-lock.json'))]);
}

/** Whether somebody ran npm by hand: what npm says that it installed agrees with the lockfile, and is really there. */
function hasPackagesOfLockfile() {
  const installed = readIfThere(join(modules, '.package-lock.json'));
  if (installed === undefined) return false;
  const there = JSON.parse(installed).packages;
  const wanted = Object.entries(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages);
  const isThere = (path, version) => there[path]?.version === version && existsSync(join(root, path, 'package.json'));
  return wanted.every(([path, { version, optional }]) => path === '' || optional || isThere(path, version));
}

// Into a folder of its own, exchanged at the end: a server that runs meanwhile keeps its packages until then.
async function install() {
  say(existsSync(modules) ? 'Installing packages (they have changed)…' : 'Installing packages (first start only)…');
  for (const name of readdirSync(dist)) if (name.startsWith('install-')) rmSync(join(dist, name), { recursive: true });
  const fresh = mkdtempSync(join(dist, 'install-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(root, file), join(fresh, file));
    await npm(fresh, ['ci', '--include=dev', '--ignore-scripts']);
    await npm(fresh, ['rebuild', 'node']);
    writeFileSync(join(fresh, 'node_modules/.trellis-installed'), lockStamp());
    if (existsSync(modules)) renameSync(modules, join(fresh, 'replaced'));
    renameSync(join(fresh, 'node_modules'), modules);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function npm(folder, args) {
  const own = process.env.npm_execpath ?? '';
  const command = own.endsWith('npm-cli.js') ? [process.execPath, own] : ['npm'];
  // What npm told this script about the project it runs for would send the inner npm to the wrong folder, or keep it from
  // installing anything (`npm pack --dry-run`).
  const { npm_config_local_prefix: _, INIT_CWD: __, npm_config_dry_run: ___, ...env } = process.env;
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder];
  return run([...command, ...args, ...quiet], { cwd: folder, env }, 'The packages could not be installed.');
}

function isBuilt() {
  if (!existsSync(join(root, 'vite.config.ts'))) return true;
  return existsSync(client) && builtFrom() === clientStamp();
}

/** The stamp of the build that dist/client leads to. */
function builtFrom() {
  try {
    return basename(readlinkSync(client));
  } catch {
    return undefined;
  }
}

function clientStamp() {
  const files = ['client', 'schema'].flatMap((folder) => filesIn(folder)).filter((file) => !file.endsWith('.test.ts'));
  const names = [...files.sort(byName), 'vite.config.ts', 'package-lock.json'];
  return hashOf(names.flatMap((name) => [name, readFileSync(join(root, name))])).slice(0, 16);
}

function byName(one, other) {
  return one < other ? -1 : 1;
}

function filesIn(folder) {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

// Every build has a folder of its own; dist/client leads to the one in use. A running server keeps the one it began with.
async function build() {
  const stamp = clientStamp();
  if (!existsSync(join(builds, stamp))) await buildInto(join(builds, stamp));
  leadTo(stamp);
  dropOldBuilds(stamp);
}

async function buildInto(folder) {
  say('Building the interface…');
  const fresh = `${folder}.unfinished`;
  const command = [join(modules, '.bin/node'), join(modules, 'vite/bin/vite.js'), 'build', '--logLevel', 'warn'];
  const env = projectEnvironment({ TRELLIS_BUILD_OUT: fresh, NODE_ENV: 'production' });
  await run(command, { cwd: root, env }, 'The interface could not be built.');
  renameSync(fresh, folder);
}

function leadTo(stamp) {
  const link = join(dist, 'client.new');
  rmSync(link, { force: true });
  symlinkSync(join('builds', stamp), link, 'junction');
  if (existsSync(client) && builtFrom() === undefined) rmSync(client, { recursive: true });
  renameSync(link, client);
}

function dropOldBuilds(current) {
  const byAge = readdirSync(builds)
    .filter((name) => name !== current)
    .map((name) => ({ path: join(builds, name), time: statSync(join(builds, name)).mtimeMs }))
    .sort((one, other) => other.time - one.time);
  for (const { path } of byAge.slice(OLD_BUILDS_KEPT)) rmSync(path, { recursive: true, force: true });
}

/** Runs a command quietly; its output is shown only where it fails. */
function run([command, ...args], options, failure) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (cause) => reject(new SetupError(`${failure} ${command} did not start: ${cause.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new SetupError(`${failure} It said:\n\n${beginning(Buffer.concat(output).toString().trim())}`));
    });
  });
}

/** The first lines, which say what went wrong; what follows is mostly advice on usage. */
function beginning(text) {
  const lines = text.split('\n');
  return lines.length <= LINES_SHOWN ? text : `${lines.slice(0, LINES_SHOWN).join('\n')}\n…`;
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function hashOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

function say(text) {
  console.error(text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setUp();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
