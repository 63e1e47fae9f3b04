import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file below a folder, by its path from there: "/assets/main.js". */
export async function readFilesIn(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const start = join(folder, '.').length;
  const read = files.map(async (file) => [file.slice(start).replaceAll('\\', '/'), await readFile(file)] as const);
  return new Map(await Promise.all(read));
}
