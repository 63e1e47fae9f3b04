import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** How a program ended that was run to its end. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

const DEADLINE_MS = 60_000;

/** Starts the server where it is expected not to start, and gives what it said. */
export function runServer(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return run('main.ts', args, '', environment);
}

/** Runs the command-line tool with something on its standard input. */
export function runCli(
  args: readonly string[],
  input: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return run('cli.ts', args, input, environment);
}

async function run(
  file: string,
  args: readonly string[],
  input: string,
  environment: Readonly<Record<string, string>>,
): Promise<Ended> {
  const program = new URL(`../../server/${file}`, import.meta.url).pathname;
  const env = { ...withoutOurs(process.env), ...environment };
  const child = spawn(process.execPath, [program, ...args], { env, timeout: DEADLINE_MS });
  child.stdin.end(input);
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number | null, output, errors };
}

/** The settings of whoever runs the tests must not count. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('TRELLIS_')));
}
