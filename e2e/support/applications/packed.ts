import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = new URL('../../..', import.meta.url).pathname;
const MODULES = join(ROOT, 'node_modules');
const START_DEADLINE_MS = 60_000;
/** Of what this project is developed with, what somebody else's application is made with, too. */
const APPLICATIONS_HAVE = [
  'koa',
  'koa-session',
  'express',
  'express-session',
  'typescript',
  ...['koa', 'express', 'express-session', 'node'].map((name) => `@types/${name}`),
];

/** A project of somebody else's, in a folder of its own, with the package for applications among its modules. */
export interface Project extends AsyncDisposable {
  readonly folder: string;
  /** The names of the files in the package. */
  readonly files: readonly string[];
  /** Packs another package of ours, and puts it beside. */
  install(folder: string): Promise<readonly string[]>;
  /** Starts an example on a free port, with the Node that runs this unless said. */
  start(example: string, environment: Readonly<Record<string, string>>, options?: StartOptions): Promise<Application>;
}

export interface StartOptions {
  /** The program in the example's folder; `app.js` unless said. */
  readonly program?: string;
  readonly node?: string;
  /** Another user, and the one group that they are in. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** A running application. */
export interface Application extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** The first line that it said. */
  readonly greeting: string;
  /** How many lines it has said. */
  linesSaid(): number;
  log(): string;
  /** SIGTERM; gives the exit code once it is gone. */
  stop(): Promise<number | null>;
}

/** Packs the package as for publishing and puts it into a new project, beside links to what an application has. */
export async function installPacked(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-project-'));
  await link(APPLICATIONS_HAVE, join(folder, 'node_modules'));
  await cp(join(ROOT, 'examples'), folder, { recursive: true });
  const install = (ours: string) => installInto(folder, ours);
  return {
    folder,
    files: await install('packages/sessions'),
    install,
    start: (example, environment, options) => startApplication(join(folder, example), environment, options),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The package finds what it says that it depends on, and nothing else of ours. */
async function installInto(project: string, ours: string): Promise<readonly string[]> {
  const { name, dependencies } = JSON.parse(await readFile(join(ROOT, ours, 'package.json'), 'utf8')) as Manifest;
  const place = join(project, 'node_modules', name);
  await mkdir(place, { recursive: true });
  const packing = [join(ROOT, 'scripts/pack.mjs'), ours, project];
  const packed = await run(process.execPath, packing, { env: plainEnvironment() });
  const { file, names } = JSON.parse(packed.stdout) as { file: string; names: string[] };
  await run('tar', ['-xzf', file, '--strip-components=1', '-C', place]);
  await link(Object.keys(dependencies), join(place, 'node_modules'));
  return names;
}

async function link(names: readonly string[], modules: string): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(MODULES, name), join(modules, name));
  }
}

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

async function startApplication(
  cwd: string,
  environment: Readonly<Record<string, string>>,
  { program = 'app.js', node = process.execPath, user }: StartOptions = {},
): Promise<Application> {
  const env = { ...plainEnvironment(), PORT: '0', ...environment };
  const child = spawn(node, [program], { cwd, env, ...user, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  let linesSaid = 0;
  lines.on('line', () => (linesSaid += 1));
  const signal = AbortSignal.timeout(START_DEADLINE_MS);
  const ended = gone.then(([code]) => {
    throw new Error(`The application ended with ${String(code)} before it listened:\n${log}`);
  });
  const [line] = await Promise.race([once(lines, 'line', { signal }), ended]).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  const port = Number(/:(\d+)\//.exec(String(line))?.[1]);
  ended.catch(() => undefined);
  return {
    port,
    pid: child.pid ?? 0,
    greeting: String(line),
    linesSaid: () => linesSaid,
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      await gone;
      return child.exitCode;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Without what this project's own scripts and settings put there. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !/^(TRELLIS_|npm_|NODE_OPTIONS|NODE_ENV)/.test(name));
  return { ...Object.fromEntries(others), PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
}
