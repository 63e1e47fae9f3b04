import type { ChildItem } from '../../schema/endpoints/objects.ts';
import { idInPath, parentPath } from '../../schema/paths.ts';
import { getChildren } from '../api/objects.ts';
import { ApiProblem, detailOf } from '../api/request.ts';

const LIMIT = 200;
/** Pages of one folder that are shown at once: a tree of more rows would be slow. */
const MOST_PAGES = 10;

export interface Branch {
  /** Those that are shown, in their order. */
  readonly items: readonly ChildItem[];
  /** What is shown of how many, and where it is left out that there are more. */
  readonly parts: readonly (ChildItem | Gap)[];
  readonly total: number;
  /** The folder itself; `undefined` where it could not be listed. */
  readonly folder?: ChildItem;
  /** Why the children could not be listed, as a sentence. */
  readonly failure?: string;
  /** Whoever looks may not see them: no failure that could be mended by trying again. */
  readonly isForbidden?: boolean;
}

/** Children that are not shown. */
export interface Gap {
  readonly count: number;
  /** How many of them a page more would show. */
  readonly next: number;
  /** The page, counted from 0. */
  readonly page: number;
}

type Pages = ReadonlyMap<number, readonly ChildItem[]>;

/** Which folders of the tree are open, and what is in those that were opened. */
export class TreeModel {
  readonly #branches = new Map<string, Branch>();
  readonly #pages = new Map<string, Pages>();
  readonly #open = new Set<string>(['/']);
  /** The last one of each folder that is under way. */
  readonly #loads = new Map<string, Promise<void>>();
  readonly #onChange: () => void;
  /** The object that is shown, or that one wants to see. */
  #revealed = '';
  #refreshing: Promise<void> | undefined;
  #isDue = false;

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

  /** Opens every folder on the way to an object, as far as there is one, and brings what is on the way into sight. */
  async reveal(path: string): Promise<void> {
    this.#revealed = path;
    await this.open('/');
    for (const step of stepsTo(path)) {
      const folder = parentPath(step)!;
      await this.open(folder);
      await this.#bring(folder, step);
      if (path === step || !this.#find(step)?.isFolder) return;
    }
  }

  /** Shows a page more of a folder; gives the path of its first row. */
  async more(path: string, page: number): Promise<string | undefined> {
    await this.#load(path, [page]);
    return this.#pages.get(path)?.get(page)?.[0]?.path;
  }

  /**
   * Looks again at all that is shown: what happens to one object is a notice at others, wherever they are. What happens
   * meanwhile leads to one look more.
   */
  refresh(): Promise<void> {
    this.#isDue = true;
    this.#refreshing ??= this.#refreshUntilDone().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  async #refreshUntilDone(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      await this.#lookAtAll();
    }
  }

  async #lookAtAll(): Promise<void> {
    const known = [...this.#branches.keys()];
    const seen = new Set<string>();
    await this.#look('/', seen);
    for (const path of known) {
      if (seen.has(path)) continue;
      this.#branches.delete(path);
      this.#pages.delete(path);
    }
  }

  /** A folder, then the open ones in it that are still there. */
  async #look(path: string, seen: Set<string>): Promise<void> {
    seen.add(path);
    await this.#load(path);
    const step = stepsTo(this.#revealed).find((each) => parentPath(each) === path);
    if (step) await this.#bring(path, step);
    const open = this.#branches.get(path)?.items.filter((item) => item.isFolder && this.#open.has(item.path)) ?? [];
    await Promise.all(open.map((item) => this.#look(item.path, seen)));
  }

  #find(path: string): ChildItem | undefined {
    return this.#branches.get(parentPath(path) ?? '/')?.items.find((item) => item.path === path);
  }

  /** Loads the page of a child that is not shown, where there is one. Out of reach, it is brought by the next look. */
  async #bring(folder: string, path: string): Promise<void> {
    const branch = this.#branches.get(folder);
    if (!branch || branch.items.length === branch.total || this.#find(path)) return;
    const found = await getChildren(folder, { limit: LIMIT, at: idInPath(path) }).catch(() => undefined);
    if (found?.items.some((item) => item.path === path)) await this.#load(folder, [Math.floor(found.offset / LIMIT)]);
  }

  /** One after the other, so that none is put in the place of what another one brought. */
  async #load(path: string, further: readonly number[] = []): Promise<void> {
    const before = this.#loads.get(path);
    const load = Promise.resolve(before).then(() => this.#loadNow(path, further));
    this.#loads.set(path, load);
    await load;
    if (this.#loads.get(path) === load) this.#loads.delete(path);
  }

  /** Loads pages of a folder beside those that are shown; those that are farthest from them go. Without any: looks again. */
  async #loadNow(path: string, further: readonly number[]): Promise<void> {
    const shown = [...(this.#pages.get(path)?.keys() ?? [0])].filter((page) => !further.includes(page));
    const [near = 0] = further;
    const others = shown.toSorted((one, other) => Math.abs(one - near) - Math.abs(other - near));
    const wanted = [...further, ...others.slice(0, MOST_PAGES - further.length)].toSorted((one, other) => one - other);
    try {
      const answers = await Promise.all(
        wanted.map((page) => getChildren(path, { limit: LIMIT, offset: page * LIMIT })),
      );
      const pages = new Map(wanted.map((page, index) => [page, answers[index]!.items]));
      this.#pages.set(path, pages);
      const { total, folder } = answers[0]!;
      this.#branches.set(path, { items: [...pages.values()].flat(), parts: partsOf(pages, total), total, folder });
    } catch (caught) {
      // The server is away for now: what was there stays in sight.
      if (this.#branches.has(path) && caught instanceof ApiProblem && caught.status === 0) return;
      this.#branches.set(path, { items: [], parts: [], total: 0, ...whyNot(caught) });
    }
    this.#onChange();
  }
}

/** The paths on the way to an object, its own last. */
function stepsTo(path: string): readonly string[] {
  const steps: string[] = [];
  for (let step: string | undefined = path; step && step !== '/'; step = parentPath(step)) steps.unshift(step);
  return steps;
}

/** The rows of these pages, and between and after them what is left out. A page more is the one after those before it. */
export function partsOf(pages: Pages, total: number): readonly (ChildItem | Gap)[] {
  const parts: (ChildItem | Gap)[] = [];
  let page = 0;
  const leaveOut = (end: number) => {
    const count = Math.min(end * LIMIT, total) - page * LIMIT;
    if (count > 0) parts.push({ count, next: Math.min(LIMIT, count), page });
  };
  for (const [number, items] of pages) {
    leaveOut(number);
    parts.push(...items);
    page = number + 1;
  }
  leaveOut(Math.ceil(total / LIMIT));
  return parts;
}

function whyNot(caught: unknown): Pick<Branch, 'failure' | 'isForbidden'> {
  const isForbidden = caught instanceof ApiProblem && caught.status === 403;
  return { failure: isForbidden ? 'Nothing that you may see.' : `Could not list: ${detailOf(caught)}`, isForbidden };
}
