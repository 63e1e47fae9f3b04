import { extname } from 'node:path';
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
 * The built interface and the modules of products, read once at start and then answered from memory. Only names found at
 * start can be asked for, so no path from outside ever reaches the file system, and a later build cannot pull files from
 * under a running server.
 */
export class Assets {
  readonly #files: ReadonlyMap<string, Asset>;

  private constructor(files: ReadonlyMap<string, Asset>) {
    this.#files = files;
  }

  /** Packs files by the paths that they are asked for by: "/index.html", "/assets/main-3f2a.js". */
  static async pack(files: ReadonlyMap<string, Buffer>): Promise<Assets> {
    const packed = Array.from(files, async ([path, plain]) => [path, await packOne(path, plain)] as const);
    return new Assets(new Map(await Promise.all(packed)));
  }

  find(path: string): Asset | undefined {
    return this.#files.get(path);
  }

  /** The icon of the interface, whose name says what it is made from. */
  get icon(): Asset | undefined {
    const path = this.#files.keys().find((each) => each.startsWith('/assets/favicon-'));
    return this.find(path ?? '');
  }
}

async function packOne(path: string, plain: Buffer): Promise<Asset> {
  return { type: TYPES[extname(path)] ?? 'application/octet-stream', plain, zipped: await zip(plain) };
}
