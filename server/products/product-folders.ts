import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Folders for products, far from this project. */
export class ProductFolders implements AsyncDisposable {
  readonly #made: string[] = [];

  /** A product of these files in a folder of its own; gives the folder. */
  async plant(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'trellis-product-'));
    this.#made.push(folder);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return folder;
  }

  async [Symbol.asyncDispose]() {
    for (const folder of this.#made) await rm(folder, { recursive: true });
  }
}
