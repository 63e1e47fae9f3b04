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

const zip = promisify(gzip);

/** A file of the interface. */
export class Asset {
  readonly type: string;
  readonly plain: Buffer;
  #zipped: Promise<Buffer> | undefined;

  constructor(path: string, plain: Buffer) {
    this.type = TYPES[extname(path)] ?? 'application/octet-stream';
    this.plain = plain;
  }

  /** Made once, for the first who asks: a start does not wait for files that nobody wants. */
  zipped(): Promise<Buffer> {
    return (this.#zipped ??= zip(this.plain).catch((error: unknown) => {
      this.#zipped = undefined;
      throw error;
    }));
  }
}

/**
 * The built interface and the modules of products, read once at start and then answered from memory. Only names found at
 * start can be asked for, so no path from outside ever reaches the file system, and a later build cannot pull files from
 * under a running server.
 */
export class Assets {
  readonly #files: ReadonlyMap<string, Asset>;

  /** Files by the paths that they are asked for by: "/index.html", "/assets/main-3f2a.js". */
  constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = new Map(Array.from(files, ([path, plain]) => [path, new Asset(path, plain)]));
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
