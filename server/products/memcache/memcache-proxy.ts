import { p, type ValuesOf } from '../../../schema/fields.ts';
import type { FieldProblem } from '../../../schema/problems.ts';
import { invalidAt } from '../../base/errors.ts';
import { OVERVIEW } from '../../manage/describe.ts';
import { isServerLine, parseAddress, parseServers, type Address } from '../../memcache/server/addresses.ts';
import { Cluster, type FormerServer } from '../../memcache/cluster/cluster.ts';
import { LocalStore } from '../../memcache/local-store.ts';
import { Sameness } from '../../memcache/server/sameness.ts';
import { RuntimeState } from '../../objects/runtime-state.ts';
import { REMOVED } from '../../objects/event.ts';
import type { TreeObject } from '../../objects/object.ts';
import { defineType } from '../../objects/types.ts';
import { forgetServer } from '../../../schema/endpoints/servers.ts';
import { method } from '../../publisher/views.ts';
import { siteOf } from '../../site/site.ts';
import { clockWarnings } from '../sessions/clock-warnings.ts';
import { formerServers, longestLifetimeS, prefixOf, scopeOf } from './former-servers.ts';
import { keysMethods } from '../stores/keys-tab.ts';
import { logProcessMemory, processMemoryWarnings } from '../stores/memory-warnings.ts';
import { prefixField } from './proxy-path.ts';
import { answerServers, knownServers, MOST_SERVERS, sessionWarnings, warningsAbout } from '../stores/servers.ts';
import { STORE } from '../stores/store.ts';
import { storeMethods } from '../stores/store-methods.ts';
import { sharingWarnings } from './sharing.ts';

const LONGEST_REQUEST_MS = 30_000;
/** How long a server may take to say what it is, where a request may wait for that. */
const LONGEST_LOOK_MS = 500;

const REMEDY = 'Set servers, so that values are kept in memcached.';

/** Where a proxy keeps values: behind it, or in process memory. */
type ProxyStore = Cluster | LocalStore;

const stores = new RuntimeState<Promise<ProxyStore>>({
  make: (object) => {
    const opening = openStore(object);
    // What could not be opened is tried anew by the next request; this one is told why.
    opening.catch(() => stores.drop(object));
    return opening;
  },
  close: async (opening) => {
    const store = await opening.catch(() => undefined);
    await store?.close();
  },
  // Which servers it named before follows from its revisions: what was changed twice is not what it was.
  madeFrom: ({ properties, state }) => [properties, namesServers(properties) ? state.revision : 0],
  graceMs: LONGEST_REQUEST_MS,
});

/** The store of a proxy. How long its values live follows from its users, as they are set at each state of the tree. */
async function storeOf(object: TreeObject): Promise<ProxyStore> {
  const store = await stores.of(object);
  if (store instanceof Cluster && store.hasMoved) {
    const { tree, oid } = object;
    store.movesForS = await tree.remembered(`lifetimes behind ${oid}`, () => longestLifetimeS(object));
  }
  return store;
}

const forget = method(forgetServer, {
  permission: 'Manage properties',
  async run({ object, body, user }) {
    const { serverNotes, log } = siteOf(object);
    const former = await (await storeOf(object)).formerServers();
    const found = former.find(({ address }) => address === body.address);
    if (found === undefined) {
      const detail = `'${body.address.slice(0, 100)}' is no server that was taken out of ${object.path} and is still asked.`;
      throw invalidAt('/address', detail);
    }
    const same = await spellingsOf(object, found.address, former);
    await serverNotes.forget(scopeOf(object), ...same);
    log.info({ by: user.name, proxy: object.path, server: found.address }, 'A former memcached server was forgotten');
  },
});

const proxyFields = {
  servers: p.lines({
    title: 'Servers',
    help: 'One server on each line, as host:port. The port may be left out (11211). Each line is checked as you type; blank lines and those that begin with # are not kept.',
    placeholder: 'localhost:11211',
    whenAdding: true,
    answers: true,
    maxLines: MOST_SERVERS,
    keeps: isServerLine,
    all: (lines) => parseServers(lines).problems.map(({ line, detail }) => ({ pointer: `/${line - 1}`, detail })),
  }),
  replicas: p.integer({
    title: 'Copies of each session',
    help: 'With 2, the loss of one server loses no session. At most as many as there are servers. Once you raise it, a session has its further copies when it is used next: wait one idle timeout before you rely on them.',
    default: 1,
    minimum: 1,
    maximum: 3,
  }),
  timeout_ms: p.integer({
    title: 'Deadline',
    help: 'An operation that takes longer has failed, and its connection is closed.',
    default: 250,
    minimum: 20,
    maximum: 10_000,
    unit: 'ms',
  }),
  prefix: prefixField('Keeps two programs on one memcached apart. Left empty, it is made from this installation.'),
};

/** A cluster of memcached servers, or process memory where none are named. */
export const memCacheProxy = defineType({
  type: 'MemCache Proxy',
  description: 'A cluster of memcached servers',
  icon: 'gauge',
  group: 'Sessions and caches',
  suggestedId: 'mcproxy',
  addPermission: 'Add MemCache Proxies',
  properties: proxyFields,
  provides: [STORE.by(storeOf)],
  ui: {
    tabs: [
      { id: 'servers', label: 'Servers', element: 'servers-tab' },
      OVERVIEW,
      { id: 'keys', label: 'Keys', element: 'keys-tab' },
    ],
    async warnings(object) {
      const { path, properties } = object;
      const store = await storeOf(object);
      // While a change of the servers is not committed, the store is still the one of before.
      if (!namesServers(properties)) {
        const link = { label: 'Set servers', path, tab: 'properties' };
        const full = store instanceof LocalStore ? processMemoryWarnings(store.memory, { text: REMEDY, link }) : [];
        const text = 'No servers are set: values are kept in this process only and vanish when it restarts.';
        return [...full, { severity: 'warning', text, short: 'No servers are set', link }];
      }
      const asked = await knownServers(store);
      const forSessions = [...sessionWarnings(asked, object), ...(await clockWarnings(object))];
      return [...warningsAbout(asked, object), ...forSessions, ...(await sharingWarnings(object))];
    },
    size({ properties }) {
      const count = parseServers(properties.servers).addresses.length;
      return count === 1 ? '1 server' : `${count} servers`;
    },
  },
  publish: {
    methods: { ...storeMethods, forget, ...keysMethods(async (object) => (await storeOf(object)).inspector) },
  },
  answers: { servers: answerServers },
  check: async (object, { servers: lines = [] }) => notAllowed(lines, object),
  events: [REMOVED.by((object) => stores.drop(object))],
});

/** Addresses that this server was told never to connect to. */
function notAllowed(lines: readonly string[], object: TreeObject): readonly FieldProblem[] {
  const { allowlist } = siteOf(object);
  return lines.slice(0, MOST_SERVERS).flatMap((line, index) => {
    const address = parseAddress(line.trim());
    if (typeof address === 'string' || allowlist.mayName(address)) return [];
    const detail = `Line ${index + 1}: '${address.text}' is not an allowed address (TRELLIS_MEMCACHED_ALLOW). Whoever runs this server decides which are.`;
    return [{ pointer: `/properties/servers/${index}`, detail }];
  });
}

function namesServers(properties: Readonly<Record<string, unknown>>): boolean {
  return parseServers(properties['servers'] as readonly string[]).addresses.length > 0;
}

/** The addresses of former servers that lead to one of them. */
async function spellingsOf(
  object: TreeObject,
  address: string,
  former: readonly { readonly address: string }[],
): Promise<readonly string[]> {
  const { addresses } = parseServers(former.map((each) => each.address));
  const found = addresses.filter(({ text }) => text === address);
  const places = addresses.map((each) => ({ address: each }));
  const elsewhere = await leadingElsewhere(object, places, found);
  return addresses.map(({ text }) => text).filter((text) => !elsewhere.some((each) => each.address.text === text));
}

/** Without those that lead to servers that are named: `localhost` where 127.0.0.1 is. */
async function leadingElsewhere<Place extends Pick<FormerServer, 'address' | 'mayHold'>>(
  object: TreeObject,
  places: readonly Place[],
  named: readonly Address[],
): Promise<readonly Place[]> {
  const { allowlist, clock } = siteOf(object);
  const timeoutMs = Math.min(Number(object.properties['timeout_ms']), LONGEST_LOOK_MS);
  const sameness = new Sameness({ allowlist, timeoutMs, clock });
  const isElsewhere = await Promise.all(
    places.map(async ({ address, mayHold }) => {
      if (mayHold?.() === false) return true;
      const isWithin = await Promise.all(named.map((each) => sameness.isWithin(address, each)));
      return !isWithin.includes(true);
    }),
  );
  return places.filter((_, index) => isElsewhere[index]);
}

/** Opens the servers. Those that were named until lately are still asked for what they hold, so that a change loses nothing. */
async function openStore(object: TreeObject): Promise<ProxyStore> {
  const { servers: lines, replicas, timeout_ms } = object.properties as unknown as ValuesOf<typeof proxyFields>;
  const { addresses } = parseServers(lines);
  const { allowlist, serverNotes, log } = siteOf(object);
  if (addresses.length === 0)
    return new LocalStore({ onMemory: (use) => logProcessMemory(log, object.path, use, REMEDY) });
  const scope = scopeOf(object);
  const noted = new Set<string>();
  const { former = [], ...since } = await formerServers(object, addresses);
  return new Cluster({
    ...since,
    former: await leadingElsewhere(object, former, addresses),
    addresses,
    allowlist,
    watches: true,
    replicas,
    timeoutMs: timeout_ms,
    prefix: prefixOf(object),
    onStored: ({ text }) => {
      if (!noted.has(text) && serverNotes.stored(scope, text)) noted.add(text);
    },
    log,
  });
}
