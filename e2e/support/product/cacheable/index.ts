import { setTimeout as wait } from 'node:timers/promises';
import { p } from '../../../../schema/fields.ts';
import { defineType } from '../../../../server/objects/types.ts';
import type { Product } from '../../../../server/products/declarations/product.ts';
import { currentSession } from '../../../../server/products/sessions/current-session.ts';
import type { Call } from '../../../../server/publisher/call.ts';
import { CACHEABLE } from '../../../../server/publisher/invoke-cached.ts';
import { json } from '../../../../server/publisher/request.ts';
import { method } from '../../../../server/publisher/views.ts';

type Part = (call: Call, argument: string) => unknown;

/** What a page can be made of, a word each. */
const PARTS: Readonly<Record<string, Part>> = {
  title: ({ object, reads }) => {
    reads.object(object);
    return object.title;
  },
  path: ({ object, reads }) => {
    reads.object(object);
    return object.path;
  },
  /** What is beside the page, as far as the caller may see it in the interface or take it over. */
  list: async (call) => {
    const folder = call.object.parent;
    if (folder === null) return [];
    call.reads.listing(folder);
    const query = { offset: 0, limit: 1000, sort: 'id', order: 'asc', filter: '' } as const;
    const { objects } = await call.tree.children(folder, query);
    const seen = objects.filter(
      (each) => call.may('View management screens', each) || call.may('Take ownership', each),
    );
    return seen.map(({ id, title }) => `${id}: ${title}`);
  },
  /** The title of something at another path, or that there is nothing. */
  include: async ({ tree, reads }, path) => {
    const folder = await tree.get(path.slice(0, path.lastIndexOf('/')) || '/');
    reads.listing(folder);
    const object = await tree.find(path);
    if (object !== undefined) reads.object(object);
    return object?.title ?? null;
  },
  user: ({ user, reads }) => {
    reads.user();
    return user.name;
  },
  request: ({ request, reads }, name) => {
    reads.request(name);
    return request.query.getAll(name);
  },
  session: async (call) => (await currentSession(call)).get('key', null),
  chance: ({ reads }) => {
    reads.never();
    return Math.random();
  },
  wait: async (_, ms) => {
    await wait(Number(ms));
    return null;
  },
  text: (_, length) => 'x'.repeat(Number(length)),
  /** Puts the clock of the whole process forward, by milliseconds. */
  clock: ({ reads }, ms) => {
    reads.never();
    shiftMs += Number(ms);
    return shiftMs;
  },
  fail: () => {
    throw new Error('This page was told to fail.');
  },
};

const systemTime = Date.now.bind(Date);
let shiftMs = 0;
Date.now = () => systemTime() + shiftMs;

let made = 0;

/** How many pages this process has made, or begun to make. */
export function pagesMade(): number {
  return made;
}

/** A page that is made of what it is told, and says how many of them this process has made. */
const composedPage = defineType({
  type: 'Composed Page',
  description: 'Is made of what it is told',
  icon: 'file',
  group: 'Content',
  suggestedId: 'page',
  addPermission: 'Add Page Templates',
  provides: [CACHEABLE.by(() => true)],
  properties: { parts: p.lines({ title: 'Parts' }) },
  publish: {
    view: method({
      http: 'GET',
      permission: 'View',
      summary: 'The page.',
      async run(call) {
        made += 1;
        const number = made;
        call.reads.object(call.object);
        const parts: unknown[] = [];
        for (const line of call.object.properties['parts'] as readonly string[]) {
          const [word = '', argument = ''] = line.split(' ');
          parts.push((await PARTS[word]?.(call, argument)) ?? null);
        }
        return { ...json({ by: process.pid, made: number, parts }), kind: 'content' };
      },
    }),
  },
});

export default { name: 'composed', types: [composedPage] } satisfies Product;
