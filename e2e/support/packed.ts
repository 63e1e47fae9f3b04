import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = new URL('../..', import.meta.url).pathname;
const MODULES = join(ROOT, 'node_modules');
const START_DEADLINE_MS = 60_000;
/** Of what this project is developed with, what somebody else's application is made with, too. */
const APPLICATIONS_HAVE =
  /^(koa-session|express|express-session|typescript|@types\/(koa|express|express-session|node))$/;

/** A project of somebody else's, in a folder of its own, with the packed package among its modules. */
export interface Project extends AsyncDisposable {
  readonly folder: string;
  /** The names of the files in the package. */
  readonly files: readonly string[];
  /** Starts an example on a free port, with the Node that is on the machine for everybody. */
  start(example: string, environment: Readonly<Record<string, string>>): Promise<Application>;
}

/** A running application. */
export interface Application extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  log(): string;
  /** SIGTERM; gives the exit code once it is gone. */
  stop(): Promise<number | null>;
}

/** Packs the package as for publishing and puts it into a new project, beside links to the packages that are installed. */
export async function installPacked(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-project-'));
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    env: plainEnvironment(),
  });
  const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('['))) as [Packed];
  await mkdir(join(folder, 'node_modules/trellis'), { recursive: true });
  await run('tar', [
    '-xzf',
    join(folder, filename),
    '--strip-components=1',
    '-C',
    join(folder, 'node_modules/trellis'),
  ]);
  for (const name of await packagesOfOthers()) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(MODULES, name), link);
  }
  await cp(join(ROOT, 'examples'), folder, { recursive: true });
  return {
    folder,
    files: files.map(({ path }) => path),
    start: (example, environment) => startApplication(join(folder, example), environment),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What npm would put beside the package: what it depends on, and what the application has. */
async function packagesOfOthers(): Promise<readonly string[]> {
  const { devDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Described;
  const names = (await readdir(MODULES)).filter((name) => name !== 'trellis' && !name.startsWith('.'));
  const each = names.map(async (name) => {
    if (!name.startsWith('@')) return [name];
    return (await readdir(join(MODULES, name))).map((inScope) => `${name}/${inScope}`);
  });
  const installed = (await Promise.all(each)).flat();
  return installed.filter((name) => !Object.hasOwn(devDependencies, name) || APPLICATIONS_HAVE.test(name));
}

interface Described {
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

async function startApplication(folder: string, environment: Readonly<Record<string, string>>): Promise<Application> {
  const env = { ...plainEnvironment(), PORT: '0', ...environment };
  const child = spawn(process.execPath, ['app.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
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
