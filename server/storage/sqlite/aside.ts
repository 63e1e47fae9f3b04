import { mkdtempSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Moves files of one folder, in their order, into a new folder beside them whose name says why and when; gives that. */
export function moveAside(files: readonly [string, ...string[]], why: string): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  const aside = mkdtempSync(join(dirname(files[0]), `${why}-${stamp}-`));
  for (const file of files) renameSync(file, join(aside, basename(file)));
  return aside;
}
