import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Where our own source is: no mistake of a product is there. */
const OWN = [new URL('../', import.meta.url).href, new URL('../../schema/', import.meta.url).href];
/** As the system or as the web names files: at the head of an error in the syntax, and in the lines below the others. */
const PLACE = /^(\/.+?):(\d+)$|(file:\/\/\/[^\s()]+?):(\d+)/;

/** Why a module could not be imported, with file and line where they can be found. `seen`: what was loaded, in its order. */
export function reasonOf(error: unknown, seen: readonly string[]): string {
  if (!(error instanceof Error)) return `it threw ${JSON.stringify(error) ?? String(error)}, which is no error.`;
  if ('code' in error && error.code === 'ERR_UNSUPPORTED_DIR_IMPORT')
    return 'the folder has no index.ts and no index.js.';
  const place = placeIn(error) ?? (error instanceof SyntaxError ? placeOfSyntaxError(seen) : undefined);
  const message = error.message.trim().replaceAll(/\s+/g, ' ').replace(/\.$/, '');
  const what = error.name === 'Error' ? message : `${error.name}: ${message}`;
  return place === undefined ? `${what}.` : `${what} (${place}).`;
}

/** The place that the error itself names: the first one outside of our own source. */
function placeIn({ stack = '' }: Error): string | undefined {
  for (const line of stack.split('\n')) {
    const [, path, atLine, url, number] = PLACE.exec(line) ?? [];
    if (path !== undefined) return `${path}:${atLine}`;
    if (url !== undefined && !OWN.some((own) => url.startsWith(own))) return `${fileURLToPath(url)}:${number}`;
  }
  return undefined;
}

/** Node keeps the place of a mistake in the syntax of a module to itself, unless it is asked to check that file. */
function placeOfSyntaxError(seen: readonly string[]): string | undefined {
  for (const url of seen.toReversed()) {
    if (!/^file:.*\.[cm]?js$/.test(url) || OWN.some((own) => url.startsWith(own))) continue;
    const file = fileURLToPath(url);
    const { stderr, status } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8', timeout: CHECK_MS });
    const line = /:(\d+)\n/.exec(stderr)?.[1];
    if (status !== 0 && line !== undefined) return `${file}:${line}`;
  }
  return undefined;
}

const CHECK_MS = 10_000;
