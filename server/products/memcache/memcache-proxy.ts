import { p } from '../../../schema/fields.ts';
import type { FieldProblem } from '../../../schema/messages/problems.ts';
import { parseAddress, parseServers } from '../../memcache/addresses.ts';
import { Cluster } from '../../memcache/cluster.ts';
import { LocalStore } from '../../memcache/local.ts';
import { LiveParts } from '../../objects/live.ts';
import type { TreeObject } from '../../objects/object.ts';
import { defineType } from '../../objects/types.ts';
import { siteOf } from '../../site.ts';
import { formerServers, longestLifetimeS } from './former-servers.ts';
import { endHistory } from './history.ts';
import { keysMethods } from './keys-tab.ts';
import { logProcessMemory, processMemoryWarnings } from './memory.ts';
import { answerServers, knownServers, MOST_SERVERS, warningsAbout } from './servers.ts';
import { storeMethods } from './store-methods.ts';
import { sharingWarnings } from './sharing.ts';

const LONGEST_REQUEST_MS = 30_000;

const REMEDY = 'Set servers, so that values are kept in memcached.';

/** Where a proxy keeps values: behind it, or in process memory. */
type ProxyStore = Cluster | LocalStore;

const stores = new LiveParts<Promise<ProxyStore>>({
  make: (object) => {
    const opening = openStore(object);
    // What could not be opened is tried anew by the next request; this one is told why.
    opening.catch(() => stores.drop(object));
    return opening;
  },
  close: async (opening) => {
    const store = await opening.catch(() => undefined);
    if (store === undefined) return;
    endHistory(store);
    await store.close();
  },
  madeFrom: ({ properties }) => properties,
  graceMs: LONGEST_REQUEST_MS,
});

/** A cluster of memcached servers, or process memory where none are named. */
export const memCacheProxy = defineType({
  type: 'MemCache Proxy',
  description: 'A cluster of memcached servers',
  icon: 'gauge',
  group: 'Sessions and caches',
  suggestedId: 'mcproxy',
  addPermission: 'Add MemCache Proxies',
  properties: {
    servers: p.lines({
      title: 'Servers',
      help: 'One server on each line, as host:port. The port may be left out (11211). Each line is checked as you type.',
      placeholder: 'localhost:11211',
      whenAdding: true,
      answers: true,
      maxLines: MOST_SERVERS,
      all: (lines) => parseServers(lines).problems.map(({ line, detail }) => ({ pointer: `/${line - 1}`, detail })),
    }),
    replicas: p.integer({
      title: 'Copies of each session',
      help: 'With 2, the loss of one server loses no session. At most as many as there are servers.',
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
    prefix: p.string({
      title: 'Key prefix',
      help: 'Keeps two programs on one memcached apart. Left empty, it is made from this installation.',
      maxLength: 40,
      rule: (prefix) => (/^[A-Za-z0-9_-]*$/.test(prefix) ? undefined : 'Use letters, digits, "-" and "_".'),
    }),
  },
  provides: { 'cache.store': (object) => stores.of(object as unknown as TreeObject) },
  tabs: [
    { id: 'servers', label: 'Servers', element: 'servers-tab' },
    { id: 'keys', label: 'Keys', element: 'keys-tab' },
  ],
  methods: { ...storeMethods, ...keysMethods(async (object) => (await stores.of(object)).contents) },
  answers: { servers: answerServers },
  check: async (object, { servers: lines = [] }) => notAllowed(lines, object),
  async warnings(object) {
    const { path, properties } = object;
    const store = await stores.of(object as unknown as TreeObject);
    if (store instanceof LocalStore) {
      const link = { label: 'Set servers', path, tab: 'properties' };
      const full = processMemoryWarnings(store.memory, { text: REMEDY, link });
      const text = 'No servers are set: values are kept in this process only and vanish when it restarts.';
      return [...full, { severity: 'warning', text, short: 'No servers are set', link }];
    }
    const statuses = await knownServers(store);
    const sharing = await sharingWarnings(object as unknown as TreeObject);
    return [...warningsAbout(statuses, path, properties.replicas, siteOf(object).clock()), ...sharing];
  },
  size({ properties }) {
    const count = parseServers(properties.servers).addresses.length;
    return count === 1 ? '1 server' : `${count} servers`;
  },
  on: { removed: (object) => stores.drop(object) },
});

/** Addresses that this server was told never to connect to. */
function notAllowed(lines: readonly string[], object: TreeObject): readonly FieldProblem[] {
  const { allowlist } = siteOf(object);
  return lines.flatMap((line, index) => {
    const address = parseAddress(line.trim());
    if (typeof address === 'string' || allowlist.mayName(address)) return [];
    const detail = `Line ${index + 1}: '${address.text}' is not an allowed address. Whoever runs this server decides which are, by TRELLIS_MEMCACHED_ALLOW.`;
    return [{ pointer: `/properties/servers/${index}`, detail }];
  });
}

interface ProxyValues {
  readonly servers: readonly string[];
  readonly replicas: number;
  readonly timeout_ms: number;
  readonly prefix: string;
}

/** Opens the servers. Those that were named until lately are still asked for what they hold, so that a change loses nothing. */
async function openStore(object: TreeObject): Promise<ProxyStore> {
  const { servers: lines, replicas, timeout_ms, prefix } = object.properties as unknown as ProxyValues;
  const { addresses } = parseServers(lines);
  const { allowlist, installation, log } = siteOf(object);
  if (addresses.length === 0)
    return new LocalStore({ onMemory: (use) => logProcessMemory(log, object.path, use, REMEDY) });
  return new Cluster({
    ...(await formerServers(object, addresses)),
    longestTtlS: await longestLifetimeS(object),
    addresses,
    allowlist,
    replicas,
    timeoutMs: timeout_ms,
    prefix: `${prefix === '' ? installation.slice(0, 8) : prefix}:`,
    log,
  });
}
