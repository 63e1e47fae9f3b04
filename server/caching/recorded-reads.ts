import type { SeenTree } from '../objects/tree-storages.ts';
import type { TreeObject } from '../objects/object.ts';
import type { Call } from '../publisher/call.ts';
import type { Reads } from '../publisher/reads.ts';

interface SeenPart {
  readonly asOf: number;
  readonly objects: Map<number, number>;
  readonly listings: Set<number>;
}

/** Writes down what an answer is made from. */
export class RecordedReads implements Reads {
  readonly #call: Call;
  readonly #cookies: number;
  readonly #main: SeenPart;
  readonly #memory: SeenPart;
  readonly #owners = new Set<string>();
  readonly #requestNames = new Set<string>();
  #isPersonal = false;
  #isPrivate = false;
  #isNever = false;

  constructor(call: Call) {
    this.#call = call;
    this.#cookies = call.cookies.length;
    this.#main = { asOf: call.tree.mainAsOf, objects: new Map(), listings: new Set() };
    this.#memory = { asOf: call.tree.memoryAsOf, objects: new Map(), listings: new Set() };
    this.object(call.object);
  }

  /** The call to hand to the view: what it asks on the way is written down by itself. */
  get call(): Call {
    const { user, keepPrivate, may } = this.#call;
    return {
      ...this.#call,
      reads: this,
      keepPrivate: () => {
        this.user();
        this.#isPrivate = true;
        keepPrivate();
      },
      may: (permission, object) => {
        this.object(object);
        if (object.owner !== null && object.owner === user.name) this.user();
        else if (object.owner !== null) this.#owners.add(object.owner);
        return may(permission, object);
      },
    };
  }

  get seen(): SeenTree {
    const { objects, listings } = this.#memory;
    return { main: this.#main, memory: objects.size + listings.size === 0 ? undefined : this.#memory };
  }

  /** It holds for this caller alone, and not for everybody with the same roles. */
  get isPersonal(): boolean {
    return this.#isPersonal;
  }

  /** Neither a browser nor a proxy may keep a copy of it. */
  get isPrivate(): boolean {
    return this.#isPrivate;
  }

  /** Owners of what was asked about: they may see more than others with their roles. */
  get owners(): ReadonlySet<string> {
    return this.#owners;
  }

  /** Whether the answer may be kept where these values of the request tell answers apart. */
  mayBeKept(requestNames: readonly string[]): boolean {
    if (this.#isNever || this.#call.cookies.length > this.#cookies) return false;
    return [...this.#requestNames].every((name) => requestNames.includes(name));
  }

  /** An object's path, and one day who may see it, follow from what it is in as well. */
  object(object: TreeObject): void {
    for (let each: TreeObject | null = object; each !== null; each = each.parent) {
      const { objects } = each.oid < 0 ? this.#memory : this.#main;
      if (objects.has(each.oid)) return;
      if (each.basis === null) this.never();
      else objects.set(each.oid, each.basis);
    }
  }

  listing(folder: TreeObject): void {
    this.object(folder);
    const isInMemory = folder.oid < 0 || folder.definition?.contains === 'volatile';
    (isInMemory ? this.#memory : this.#main).listings.add(folder.oid);
  }

  user(): void {
    this.#isPersonal = true;
  }

  request(name: string): void {
    this.#requestNames.add(name);
  }

  never(): void {
    this.#isNever = true;
  }
}
