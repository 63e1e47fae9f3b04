import { extname } from 'node:path';
import { SourceTextModule, SyntheticModule, type Module } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { INTERFACE_EXPORTS } from '../../schema/interface-exports.ts';
import { meant } from '../base/shape.ts';
import type { ClientFolder, Look } from './client-check.ts';

// Links the modules of client folders as a browser would, without running a line of them. Node allows that to a thread
// that was started with a flag of its own.

const INTERFACE = '/assets/trellis.js';
const RULE = `It can import ${INTERFACE}, and its own files by relative paths.`;
const MISSING = /^The requested module '(.+)' does not provide an export named '(.+)'/;

/** What is wrong with a module, in words; `isSyntax`: its line can be found. */
class Unusable extends Error {
  readonly file: string;
  readonly isSyntax: boolean;

  constructor(file: string, text: string, isSyntax = false) {
    super(text);
    this.file = file;
    this.isSyntax = isSyntax;
  }
}

const looks = (workerData as readonly ClientFolder[]).map(({ texts, elements }) =>
  Promise.all(elements.map((element) => lookAt(element, texts))),
);
parentPort?.postMessage(await Promise.all(looks));

/** Each with modules of its own: of what could not be linked, nothing is used again. */
async function lookAt(element: string, texts: ClientFolder['texts']): Promise<Look> {
  const entry = `/${element}.js`;
  const modules = new Map<string, Module>();
  try {
    await load(entry).link((specifier, { identifier }) => load(resolve(specifier, identifier)));
  } catch (error) {
    const { file, isSyntax, message } =
      error instanceof Unusable ? error : new Unusable(entry, inWords((error as Error).message));
    return { element, isNamed: true, problem: { file, isSyntax, text: message } };
  }
  const all = [...modules.keys()].map((path) => texts.get(path) ?? '').join('\n');
  const isNamed = all.includes('customElement') && ['"', "'", '`'].some((mark) => all.includes(mark + element + mark));
  return { element, isNamed, problem: undefined };

  function resolve(specifier: string, from: string): string {
    if (specifier === INTERFACE) return INTERFACE;
    if (!/^\.\.?\//.test(specifier)) throw new Unusable(from, `it imports '${specifier}'. ${RULE}`);
    const path = decodeURIComponent(new URL(specifier, `file://${from}`).pathname);
    if (texts.has(path)) return path;
    throw new Unusable(from, `it imports '${specifier}', and there is no such file.`);
  }

  function load(path: string): Module {
    const module = modules.get(path) ?? make(path);
    modules.set(path, module);
    return module;
  }

  function make(path: string): Module {
    if (path === INTERFACE) return new SyntheticModule([...INTERFACE_EXPORTS], () => undefined);
    if (extname(path) !== '.js') return new SyntheticModule(['default'], () => undefined);
    try {
      return new SourceTextModule(texts.get(path) ?? '', { identifier: path });
    } catch (error) {
      throw new Unusable(path, `${(error as Error).name}: ${(error as Error).message}.`, true);
    }
  }
}

function inWords(message: string): string {
  const [, module, name] = MISSING.exec(message) ?? [];
  if (module === undefined || name === undefined) return `${message}.`;
  return `'${module}' exports no '${name}'.${module === INTERFACE ? meant(name, INTERFACE_EXPORTS) : ''}`;
}
