import type { ChildItem } from '../../schema/messages/objects.ts';
import { parentPath } from '../../schema/paths.ts';
import { getChildren } from '../api/objects.ts';
import { detailOf } from '../api/request.ts';

const LIMIT = 200;

export interface Branch {
  readonly items: readonly ChildItem[];
  readonly total: number;
  /** Why the children could not be listed. */
  readonly failure?: string;
}

/** Which folders of the tree are open, and what is in those that were opened. */
export class TreeModel {
  readonly #branches = new Map<string, Branch>();
  readonly #open = new Set<string>(['/']);
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  branch(path: string): Branch | undefined {
    return this.#branches.get(path);
  }

  isOpen(path: string): boolean {
    return this.#open.has(path);
  }

  async open(path: string): Promise<void> {
    this.#open.add(path);
    this.#onChange();
    if (!this.#branches.has(path)) await this.#load(path);
  }

  close(path: string): void {
    this.#open.delete(path);
    this.#onChange();
  }

  /** Opens every folder on the way to an object, as far as there is one. */
  async reveal(path: string): Promise<void> {
    await this.open('/');
    const above: string[] = [];
    for (let folder = parentPath(path); folder && folder !== '/'; folder = parentPath(folder)) above.unshift(folder);
    for (const folder of above) {
      const siblings = this.#branches.get(parentPath(folder) ?? '/');
      const isThere = siblings?.items.some((item) => item.path === folder && item.isFolder);
      if (!isThere) return;
      await this.open(folder);
    }
  }

  /** Looks again at an object and what is in it, as far as they were ever shown. */
  async refresh(path: string): Promise<void> {
    const stale = [parentPath(path), path].filter((each) => each !== undefined && this.#branches.has(each));
    await Promise.all(stale.map((each) => this.#load(each!)));
  }

  async #load(path: string): Promise<void> {
    try {
      this.#branches.set(path, await getChildren(path, { limit: LIMIT }));
    } catch (caught) {
      this.#branches.set(path, { items: [], total: 0, failure: detailOf(caught) });
    }
    this.#onChange();
  }
}
