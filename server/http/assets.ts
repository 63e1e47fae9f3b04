import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
};

export interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
}

const zip = promisify(gzip);

/**
 * The built interface, read once at start and then answered from memory. Only names found at start can be asked for, so no
 * path from outside ever reaches the file system, and a later build cannot pull files from under a running server.
 */
export class Assets {
  readonly #files: ReadonlyMap<string, Asset>;

  private constructor(files: ReadonlyMap<string, Asset>) {
    this.#files = files;
  }

  static async read(folder: string): Promise<Assets> {
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const read = files.map(
      async (file) => [file.slice(folder.length).replaceAll('\\', '/'), await readAsset(file)] as const,
    );
    return new Assets(new Map(await Promise.all(read)));
  }

  /** By path below the build folder: "/index.html", "/assets/main-3f2a.js". */
  find(path: string): Asset | undefined {
    return this.#files.get(path);
  }
}

async function readAsset(file: string): Promise<Asset> {
  const plain = await readFile(file);
  return { type: TYPES[extname(file)] ?? 'application/octet-stream', plain, zipped: await zip(plain) };
}
