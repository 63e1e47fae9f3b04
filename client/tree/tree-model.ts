import type { ChildItem } from '../../schema/endpoints/objects.ts';
import { parentPath } from '../../schema/paths.ts';
import { getChildren } from '../api/objects.ts';
import { ApiProblem, detailOf } from '../api/request.ts';

const LIMIT = 200;

export interface Branch {
  readonly items: readonly ChildItem[];
  readonly total: number;
  /** The folder itself; `undefined` where it could not be listed. */
  readonly folder?: ChildItem;
  /** Why the children could not be listed, as a sentence. */
  readonly failure?: string;
  /** Whoever looks may not see them: no failure that could be mended by trying again. */
  readonly isForbidden?: boolean;
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

  /** Looks again at all that is shown: what happens to one object is a notice at others, wherever they are. */
  async refresh(): Promise<void> {
    const seen = new Set<string>();
    await this.#look('/', seen);
    for (const path of this.#branches.keys()) if (!seen.has(path)) this.#branches.delete(path);
  }

  /** A folder, then the open ones in it that are still there. */
  async #look(path: string, seen: Set<string>): Promise<void> {
    seen.add(path);
    await this.#load(path);
    const open = this.#branches.get(path)?.items.filter((item) => item.isFolder && this.#open.has(item.path)) ?? [];
    await Promise.all(open.map((item) => this.#look(item.path, seen)));
  }

  async #load(path: string): Promise<void> {
    try {
      this.#branches.set(path, await getChildren(path, { limit: LIMIT }));
    } catch (caught) {
      this.#branches.set(path, { items: [], total: 0, ...whyNot(caught) });
    }
    this.#onChange();
  }
}

function whyNot(caught: unknown): Pick<Branch, 'failure' | 'isForbidden'> {
  const isForbidden = caught instanceof ApiProblem && caught.status === 403;
  return { failure: isForbidden ? 'Nothing that you may see.' : `Could not list: ${detailOf(caught)}`, isForbidden };
}
