import { setTimeout as wait } from 'node:timers/promises';
import {
  type Call,
  currentBrowser,
  currentSession,
  defineType,
  json,
  Malformed,
  method,
  type Product,
  type Session,
  texts,
  type TreeTransaction,
} from 'trellis/product';

type Step = (call: Call, key: string, rest: string) => unknown;

/** What a request can be told to do, a word each; `key` and `rest` are what follows the word. */
const STEPS: Readonly<Record<string, Step>> = {
  get: async (call, key) => (await currentSession(call)).get(key, null),
  set: (call, key, rest) => change(call, (session) => session.set(key, JSON.parse(rest))),
  /** By `update`, which never conflicts. */
  add: (call, key, rest) => change(call, (session) => session.update<number>(key, (value = 0) => value + Number(rest))),
  /** By reading and setting, which does. */
  raise: (call, key) => change(call, (session) => session.set(key, Number(session.get(key, 0)) + 1)),
  fill: (call, key, rest) => change(call, (session) => session.set(key, 'x'.repeat(Number(rest)))),
  delete: (call, key) => change(call, (session) => session.delete(key)),
  clear: (call) => change(call, (session) => session.clear()),
  rotate: (call) => change(call, (session) => session.rotate()),
  invalidate: (call) => change(call, (session) => session.invalidate()),
  all: async (call) => (await currentSession(call)).toObject(),
  new: async (call) => (await currentSession(call)).isNew,
  /** The id of the browser; one that has none is given one. */
  id: async (call) => (await currentBrowser(call)).getId(),
  'has-id': async (call) => (await currentBrowser(call)).hasId,
  source: async (call) => (await currentBrowser(call)).source,
  flush: async (call) => (await currentBrowser(call)).flushCookie(),
  /** The title of this page. */
  title: (call, key) => changing(call).change(call.object, { title: key }),
  /** The titles of this page and of all pages beside it, in one transaction. */
  titles: (call, key) => changeTitles(call, key),
  wait: (_, key) => wait(Number(key), null),
  /** Keeps the whole process from doing anything else. */
  block: (_, key) => {
    for (const end = performance.now() + Number(key); performance.now() < end;);
  },
  throw: () => {
    throw new Error('This request was told to fail.');
  },
  /** Fails where nobody can catch it, once the answer is on its way. */
  fault: () =>
    void setTimeout(() => {
      throw new Error('This process was told to fail.');
    }),
  /** Changes session and tree once the request is over, where nobody can catch what that throws. */
  late: async (call, key) => {
    const session = await currentSession(call);
    session.get(key, null);
    for (const change of [
      () => session.set(key, 'late'),
      () => changing(call).change(call.object, { title: 'late' }),
    ]) {
      setTimeout(function again() {
        if (call.transaction.isOver) change();
        else setTimeout(again);
      });
    }
  },
  /** Puts the clock of the whole process forward, by milliseconds, or back. */
  clock: (_, key) => {
    shiftMs += Number(key);
    return Date.now();
  },
};

const systemTime = Date.now.bind(Date);
let shiftMs = 0;
Date.now = () => systemTime() + shiftMs;

/** Does what the request says, step by step, so that tests can drive sessions and the tree by plain HTTP. */
const steppedPage = defineType({
  type: 'Stepped Page',
  description: 'Does what a request says',
  icon: 'file',
  group: 'Content',
  suggestedId: 'page',
  addPermission: 'Add Page Templates',
  properties: {},
  publish: {
    view: method({
      http: 'GET',
      permission: 'View',
      summary: 'Does the steps of the query: ?do=set%20key%201&do=throw',
      query: { do: 'A step.' },
      run: (call) => take(call, call.request.query.getAll('do')),
    }),
    methods: {
      steps: method({
        http: 'POST',
        permission: 'View',
        summary: 'Does the steps of the body.',
        body: { steps: texts },
        run: (call) => take(call, call.body.steps),
      }),
    },
  },
});

async function take(call: Call, steps: readonly string[]) {
  const results: unknown[] = [];
  for (const text of steps) {
    const [, word = '', key = '', rest = ''] = /^(\S*) ?(\S*) ?(.*)$/s.exec(text) ?? [];
    const step = Object.hasOwn(STEPS, word) ? STEPS[word] : undefined;
    if (step === undefined) throw new Malformed(`'${word}' is no step. Use one of ${Object.keys(STEPS).join(', ')}.`);
    results.push((await step(call, key, rest)) ?? null);
  }
  return json({ results });
}

async function change(call: Call, by: (session: Session) => unknown): Promise<unknown> {
  const made = by(await currentSession(call));
  return typeof made === 'object' ? null : made;
}

/** What a POST can change the tree with. A GET that is told to fails. */
function changing({ tree }: Call): TreeTransaction {
  return tree as TreeTransaction;
}

async function changeTitles(call: Call, title: string): Promise<void> {
  const { object, tree } = call;
  if (object.parent === null) throw new Malformed('The root has nothing beside it.');
  const query = { offset: 0, limit: 100, sort: 'id', order: 'asc', filter: '' } as const;
  const { objects } = await tree.children(object.parent, query);
  for (const each of objects) changing(call).change(each, { title });
}

export default { name: 'stepped', types: [steppedPage] } satisfies Product;
