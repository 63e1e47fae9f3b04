import type { ChainBox, ChainMessage } from '../../../schema/endpoints/session-chain.ts';
import { iconOf, warningsOf } from '../../manage/describe.ts';
import { Saying } from '../../manage/saying.ts';
import type { ServerStatus } from '../../memcache/store.ts';
import type { TreeObject } from '../../objects/object.ts';
import { askServers, noneWords, resultOf } from '../stores/servers.ts';
import { visitorsCost } from '../stores/silence-cost.ts';
import { replicasOf, STORE, storeOf } from '../stores/store.ts';
import { NO_BROWSER_IDS } from './manager-warnings.ts';
import { pathOf, wayFrom } from './session-way.ts';
import { BROWSER_IDS } from './browser-ids/browser-ids.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

/** The way of a request to its session: browser id manager, manager, container, proxy, servers. */
export async function chainOf(manager: TreeObject): Promise<ChainMessage> {
  const way = await wayFrom(manager);
  const browserIds = await browserIdsAlong(way);
  const last = way.at(-1) ?? manager;
  const store = last.doesProvide(STORE) ? await storeOf(last) : undefined;
  const servers = store === undefined ? [] : (await askServers(store)).statuses;
  const boxes = await Promise.all(way.map((object) => boxOf(object, object !== last || pathOf(last) === undefined)));
  const all = [
    browserIds === undefined ? NO_BROWSER_ID_MANAGER : await boxOf(browserIds, true),
    ...boxes,
    ...missing(last),
  ];
  const broken = all.find(({ holds }) => !holds);
  const isSilent = servers.length > 0 && servers.every(({ up }) => !up);
  const shown = { boxes: all, servers: servers.map(serverOf) };
  if (broken !== undefined) return { ...shown, on: false, state: 'down', text: `Sessions are off: ${broken.text}` };
  if (isSilent) return { ...shown, on: false, state: 'down', text: noneWords(servers) };
  return { ...shown, on: true, ...onFor(servers, replicasOf(last)) };
}

/** Whether sessions are on for everybody, in words. */
function onFor(servers: readonly ServerStatus[], replicas: number): Pick<ChainMessage, 'state' | 'text'> {
  const cost = visitorsCost(servers, replicas);
  if (cost === undefined) return { state: 'ok', text: 'Sessions are on' };
  const down = servers.filter(({ up }) => !up).length;
  const silent = `${down} of ${servers.length} servers ${down === 1 ? 'does' : 'do'} not answer`;
  return { state: 'warn', text: `Sessions are on, but ${silent}: ${cost}` };
}

/** Who gives the browsers their ids for the container that a session data manager leads to. */
export async function browserIdsFor(manager: TreeObject): Promise<TreeObject | undefined> {
  return browserIdsAlong(await wayFrom(manager));
}

async function browserIdsAlong(way: readonly TreeObject[]): Promise<TreeObject | undefined> {
  const container = way.find((object) => object.doesProvide(SESSION_CONTAINER));
  return (container ?? way[0])?.findService(BROWSER_IDS);
}

async function boxOf(object: TreeObject, holds: boolean): Promise<ChainBox> {
  const said = new Saying(object);
  const [warning] = await warningsOf(object, said);
  const path = pathOf(object);
  return {
    path: object.path,
    id: object.parent?.parent === null ? object.id : object.path,
    type: object.type,
    icon: iconOf(object),
    state: STATES[warning?.severity ?? 'info'],
    text: warning?.short ?? object.definition?.ui?.works ?? (await said.size()) ?? 'Works',
    leadsOn: path === undefined ? null : { property: path.name, value: path.value },
    holds,
  };
}

const STATES = { info: 'ok', warning: 'warn', danger: 'down' } as const;

const EMPTY = { path: null, leadsOn: null, holds: false };
const NO_BROWSER_ID_MANAGER: ChainBox = {
  ...EMPTY,
  id: 'browser_id_manager',
  type: 'Browser Id Manager',
  icon: 'cookie',
  state: 'down',
  text: NO_BROWSER_IDS,
};

/** A box for what the last path of the chain does not find. */
function missing(last: TreeObject): readonly ChainBox[] {
  const path = pathOf(last);
  if (path === undefined) return [];
  const box = { ...EMPTY, type: path.to.wanted, icon: '' };
  if (path.value === '') return [{ ...box, id: 'Not set', state: 'off', text: `${path.name} is empty` }];
  return [{ ...box, id: path.value, state: 'down', text: `Nothing usable at ${path.value}` }];
}

function serverOf(status: ServerStatus): ChainMessage['servers'][number] {
  const { state, text: words } = resultOf(status);
  const latency = `${(status.latencyMs ?? 0).toFixed(1)} ms`;
  const text = state === 'down' ? (status.error ?? 'down') : state === 'ok' ? latency : words;
  return { address: status.address, state, text };
}
