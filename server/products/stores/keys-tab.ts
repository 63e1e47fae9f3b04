import {
  KEY_PAGES,
  listKeys,
  lookAtKey,
  revealKey,
  type KeyGroup,
  type KeyMessage,
  type KeyRow,
  type KeySession,
  type KeysMessage,
  type KeySort,
} from '../../../schema/endpoints/keys.ts';
import { composed } from '../../../schema/composed.ts';
import { Malformed, NotFound, TooLarge, Unavailable } from '../../base/errors.ts';
import { timeOrNull, timeText } from '../../manage/describe.ts';
import type { PageQuery } from '../../base/page-query.ts';
import { pageQuery } from '../../manage/page-query.ts';
import { recordReveal, revealsMethod } from '../../manage/reveals.ts';
import type { StoreInspector, InspectedKey, InspectedValue } from '../../memcache/store-inspector.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import { byView, method, type Method } from '../../publisher/views.ts';
import { idIn } from '../../sessions/record/record.ts';
import { siteOf } from '../../site/site.ts';
import { aboutGroup, groupOf, isOurs, ownersBehind, type GroupName, type Owner } from './key-groups.ts';
import { isSecretValue, keyValueOf, nameOf, unsealed } from './key-value.ts';
import { walkWords } from './walk-words.ts';

const PERMISSION = 'Inspect cache contents';
const SESSIONS_PERMISSION = 'Access arbitrary user session data';

const MAX_KEYS = 100_000;
const MOST_GROUPS = 200;
const NO_PREFIX = '*';
const LONGEST_KEY = 250;

/** What is asked of the objects that have such a tab. */
type InspectorOf = (object: TreeObject) => Promise<StoreInspector>;

/** The Keys tab of a proxy: everything on its servers, whoever put it there. Looking changes nothing. */
export function keysMethods(inspectorOf: InspectorOf): Readonly<Record<string, readonly Method[]>> {
  const list = method(listKeys, {
    permission: PERMISSION,
    async run(call) {
      call.keepPrivate();
      const { object, request } = call;
      return keysMessage(object, await inspectorOf(object), request.query);
    },
  });

  const look = method(lookAtKey, {
    permission: PERMISSION,
    async run(call) {
      call.keepPrivate();
      return keyMessage(call, await inspectorOf(call.object));
    },
  });

  const reveal = method(revealKey, {
    permission: PERMISSION,
    async run(call) {
      call.keepPrivate();
      const { key } = call.body;
      const inspector = await inspectorOf(call.object);
      const [{ value, bytes }] = await valuesUnder(call.object, inspector, checkedKey(key));
      if (groupOf(key).kind === 'session') throw new NotFound('What is in a session is shown by its container.');
      if (value === null)
        throw new TooLarge(`The value has ${bytes.toLocaleString('en')} bytes: too many to be shown.`);
      await recordReveal(call, { key: nameOf(key), owner: null, item: null });
      return keyValueOf(value, plainOf(call, inspector, key, value));
    },
  });

  return byView(list, look, reveal, revealsMethod(PERMISSION));
}

async function keysMessage(proxy: TreeObject, inspector: StoreInspector, query: URLSearchParams): Promise<KeysMessage> {
  const page = pageQuery(query, KEY_PAGES);
  const listing = await inspector.keys(MAX_KEYS);
  const sentences = walkWords(listing, `The keys of '${proxy.path}'`, 'keys', MAX_KEYS);
  const owners = await ownersBehind(proxy, inspector.prefix);
  const matching = listing.keys.map(named).filter(matcherFor(page.filter));
  const groups = groupsOf(matching, (group) => aboutGroup(group, owners, inspector.prefix));
  const group = query.get('group');
  const wanted = group === NO_PREFIX ? '' : group;
  const ofGroup = wanted === null ? matching : matching.filter(({ prefix }) => prefix === wanted);
  return {
    groups: groups.slice(0, MOST_GROUPS),
    furtherGroups: Math.max(0, groups.length - MOST_GROUPS),
    keys: sorted(ofGroup, page)
      .slice(page.offset, page.offset + page.limit)
      .map(rowOf),
    matching: ofGroup.length,
    total: listing.keys.length,
    source: sentences.join(' '),
    unreachable: listing.unreachable.map(({ address }) => address),
    complete: listing.unreachable.length === 0 && !listing.hasMore,
    checked: timeText(siteOf(proxy).clock()),
  };
}

async function keyMessage(call: Call, inspector: StoreInspector): Promise<KeyMessage> {
  const key = checkedKey(call.request.query.get('key') ?? '');
  const found = await valuesUnder(call.object, inspector, key);
  const [{ value, bytes, remainingS, lastAccess }] = found;
  const expires = remainingS === null ? null : siteOf(call).clock() + remainingS * 1_000;
  const servers = found.flatMap(({ server }) => server ?? []);
  const row = rowOf(named({ key, bytes, expires, lastAccess, servers }));
  if (row.kind === 'session') {
    return { ...row, session: await sessionUnder(call, inspector, key, value), value: null, obscured: false };
  }
  if (value === null) return { ...row, session: null, value: null, obscured: false };
  const plain = plainOf(call, inspector, key, value);
  const obscured = isSecretValue(key, plain ?? value);
  return { ...row, session: null, value: obscured ? null : keyValueOf(value, plain), obscured };
}

/** What is sealed in a value of this installation. */
function plainOf(call: Call, { prefix }: StoreInspector, key: string, value: Buffer): Buffer | undefined {
  return isOurs(key, prefix) ? unsealed(siteOf(call).keyRing, key.slice(prefix.length), value) : undefined;
}

/** What is under a key: never nothing. */
async function valuesUnder(
  object: TreeObject,
  inspector: StoreInspector,
  key: string,
): Promise<[InspectedValue, ...InspectedValue[]]> {
  const { found, unreachable } = await inspector.look(key);
  const [first, ...others] = found;
  if (first !== undefined) return [first, ...others];
  if (unreachable.length > 0) {
    const why = unreachable.map(({ address, reason }) => `${address} ${reason.clause}`).join('; ');
    throw new Unavailable(`It cannot be said whether there is such a key: ${why}.`);
  }
  throw new NotFound(
    `There is no key '${nameOf(key)}' behind '${object.path}': it ended, or was pushed out or deleted.`,
  );
}

/** The header of a session record, opened where its container is one of this tree. */
async function sessionUnder(
  call: Call,
  inspector: StoreInspector,
  key: string,
  value: Buffer | null,
): Promise<KeySession> {
  const owner = (await ownersBehind(call.object, inspector.prefix)).get(groupOf(key).prefix);
  const record = value === null ? undefined : owner?.container.peek(key.slice(inspector.prefix.length), value);
  if (owner === undefined || record === undefined) return { ...UNKNOWN, container: owner?.path ?? null };
  const { created, lastAccess, user, address, browser } = record.header;
  return {
    state: record.kind,
    container: owner.path,
    key: await keyAtContainer(call, owner, record.kind, key),
    user,
    started: timeText(created),
    lastSeen: timeText(lastAccess),
    address,
    browser,
  };
}

async function keyAtContainer(call: Call, owner: Owner, kind: string, key: string): Promise<string | null> {
  const object = await call.tree.find(owner.path);
  const mayLook = object !== undefined && call.may(SESSIONS_PERMISSION, object);
  return kind === 'session' && mayLook ? idIn(key) : null;
}

const UNKNOWN: KeySession = {
  state: 'unknown',
  container: null,
  key: null,
  user: null,
  started: null,
  lastSeen: null,
  address: '',
  browser: '',
};

/** A key with what its name says. */
type NamedKey = InspectedKey & GroupName & { readonly name: string };

function named(held: InspectedKey): NamedKey {
  return { ...held, ...groupOf(held.key), name: nameOf(held.key) };
}

function rowOf(named: NamedKey): KeyRow {
  const { key, name, prefix: group, kind, bytes, expires, lastAccess, servers } = named;
  const [server = null, ...copies] = servers;
  return {
    key,
    name,
    group,
    kind,
    bytes,
    expires: timeOrNull(expires),
    lastAccess: timeOrNull(lastAccess),
    server,
    copies,
  };
}

/** The largest first. */
function groupsOf(keys: readonly NamedKey[], about: (group: GroupName) => string): readonly KeyGroup[] {
  const groups = [...Map.groupBy(keys, ({ prefix }) => prefix)].map(([prefix, members]): KeyGroup => {
    const { kind } = groupOf(prefix);
    const bytes = members.reduce((sum, key) => sum + key.bytes, 0);
    return { prefix, kind, about: about({ prefix, kind }), keys: members.length, bytes };
  });
  return groups.sort((one, other) => other.bytes - one.bytes);
}

function matcherFor(filter: string): (key: NamedKey) => boolean {
  const words = filter.toLowerCase().split(/\s+/);
  return ({ name }) => words.every((word) => composed(name).toLowerCase().includes(word));
}

const SORT_BY: Readonly<Record<KeySort, (key: NamedKey) => string | number>> = {
  name: ({ name }) => name,
  bytes: ({ bytes }) => bytes,
  expires: ({ expires }) => expires ?? Infinity,
  lastAccess: ({ lastAccess }) => lastAccess ?? 0,
};

function sorted(keys: readonly NamedKey[], { sort, order }: PageQuery<KeySort>): readonly NamedKey[] {
  const valueOf = SORT_BY[sort];
  const direction = order === 'asc' ? 1 : -1;
  return keys.toSorted((one, other) => {
    const [first, second] = [valueOf(one), valueOf(other)];
    return first === second ? 0 : first < second ? -direction : direction;
  });
}

function checkedKey(key: string): string {
  if (key.length > 0 && key.length <= LONGEST_KEY && /^[\x00-\xff]+$/.test(key)) return key;
  throw new Malformed(`A key has 1 to ${LONGEST_KEY} bytes, each written as one character. Take it from the list.`);
}
