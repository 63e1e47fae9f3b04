import { decodeUrlPath } from '../../schema/paths.ts';
import { capability } from '../objects/capability.ts';
import type { TreeReader } from '../objects/reader.ts';
import type { TreeObject } from '../objects/object.ts';
import { mayUse, type Principal } from '../security/policy.ts';
import { Transaction } from '../transaction/transaction.ts';
import type { Call } from './call.ts';
import { unrecorded } from './reads.ts';
import type { Failure, RequestHead } from './request.ts';

/** An object of this id, found upward from the address that was asked for, shows what failed there. */
export const FAILURE_PAGE = 'standard_error_message';

export type ShowFailure = (call: Call, failure: Failure) => Promise<string>;

/** An object that can. */
export const SHOWS_FAILURES = capability<ShowFailure>('page.failure', 'a page about failures');

/** The site's own page about a failure: by the nearest object upward that shows such, and that the visitor may see. */
export async function failurePage(
  tree: TreeReader,
  user: Principal,
  head: RequestHead,
  failure: Failure,
): Promise<string | undefined> {
  const way = await wayTo(tree, decodeUrlPath(head.path) ?? []);
  const isSeen = (object: TreeObject | undefined): object is TreeObject =>
    object !== undefined && mayUse(user, 'View', object);
  for (const folder of way.filter((object) => object.isFolder)) {
    const page = await tree.findChild(folder, FAILURE_PAGE);
    if (!isSeen(page) || !page.doesProvide(SHOWS_FAILURES)) continue;
    return show(page, { tree, user, head, failure, addressed: way.find(isSeen) ?? page });
  }
  return undefined;
}

interface Showing {
  readonly tree: TreeReader;
  readonly user: Principal;
  readonly head: RequestHead;
  readonly failure: Failure;
  readonly addressed: TreeObject;
}

async function show(object: TreeObject, { tree, user, head, failure, addressed }: Showing): Promise<string> {
  const transaction = new Transaction();
  const call: Call = {
    object,
    addressed,
    request: { ...head, body: undefined, form: new URLSearchParams(), upload: undefined },
    user,
    tree,
    transaction,
    tail: undefined,
    cookies: [],
    scope: (tree.scope = new Map()),
    reads: unrecorded,
    reruns: 0,
    keepPrivate() {},
    describe() {},
    may: (permission, on) => mayUse(user, permission, on),
  };
  try {
    return await object.provide(SHOWS_FAILURES)(call, failure);
  } finally {
    transaction.abort();
    tree.scope = undefined;
  }
}

/** The objects on the way to an address, as far as there are any, the last first. */
async function wayTo(tree: TreeReader, names: readonly string[]): Promise<readonly TreeObject[]> {
  const way = [await tree.root()];
  for (const name of names) {
    const next = await tree.findChild(way[0]!, name);
    if (next === undefined) break;
    way.unshift(next);
  }
  return way;
}
