import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What is in a client folder, and which of its modules are named after elements. */
export interface ClientFolder {
  readonly root: string;
  readonly elements: readonly string[];
  readonly texts: ReadonlyMap<string, string>;
}

/** What was seen of an element's module: whether it, or what it imports, names the element; why it cannot be loaded. */
export interface Look {
  readonly element: string;
  readonly isNamed: boolean;
  readonly problem: { readonly file: string; readonly isSyntax: boolean; readonly text: string } | undefined;
}

const CHECK_MS = 10_000;
const THREAD = new URL(`client-thread${extname(import.meta.url)}`, import.meta.url);

/** Looks at modules as a browser does when it loads them; nothing in them is run. For each folder, what was seen there. */
export async function lookAtModules(folders: readonly ClientFolder[]): Promise<readonly (readonly Look[])[]> {
  if (folders.every(({ elements }) => elements.length === 0)) return folders.map(() => []);
  const execArgv = ['--experimental-vm-modules', '--no-warnings'];
  const worker = new Worker(THREAD, { workerData: folders, execArgv, name: 'client modules' });
  const [looks] = (await once(worker, 'message')) as [readonly (readonly Look[])[]];
  return looks;
}

/** Why browsers cannot load an element's module, as a sentence. */
export function problemIn({ problem }: Look, { root, texts }: ClientFolder): string | undefined {
  if (problem === undefined) return undefined;
  const { file, isSyntax, text } = problem;
  const line = isSyntax ? lineIn(texts.get(file) ?? '') : undefined;
  return `Browsers cannot load '${root}${file}${line === undefined ? '' : `:${line}`}': ${text}`;
}

/** Node keeps the line to itself, unless it is asked to check the text alone. */
function lineIn(text: string): string | undefined {
  const options = { input: text, encoding: 'utf8', timeout: CHECK_MS } as const;
  const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], options);
  return /^\[stdin\]:(\d+)\n/.exec(stderr)?.[1];
}
