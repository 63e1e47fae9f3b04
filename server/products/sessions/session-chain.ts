import type { ChainBox, ChainMessage, FlowMessage } from '../../../schema/endpoints/session-chain.ts';
import { iconOf, warningsOf } from '../../manage/describe.ts';
import { Saying } from '../../manage/saying.ts';
import { nothingIfUnavailable } from '../../base/errors.ts';
import type { Traffic } from '../../base/traffic.ts';
import type { ServerStatus, Store } from '../../memcache/store.ts';
import type { TreeObject } from '../../objects/object.ts';
import { siteOf } from '../../site/site.ts';
import { restartOf } from '../stores/restarts.ts';
import { askTogether, noneWords, resultOf } from '../stores/servers.ts';
import { visitorsCost } from '../stores/silence-cost.ts';
import { agoText } from '../stores/span-text.ts';
import { replicasOf, STORE, storeOf } from '../stores/store.ts';
import { NO_BROWSER_IDS } from './manager-warnings.ts';
import { pathOf, wayFrom } from './session-way.ts';
import { BROWSER_IDS } from './browser-ids/browser-ids.ts';
import { trafficOf } from './container/statistics.ts';
import { SESSION_MANAGER } from './session-manager.ts';
import { SESSION_CONTAINER } from '../stores/session-container.ts';

/** The way of a request to its session: browser id manager, manager, container, proxy, servers. */
export async function chainOf(manager: TreeObject): Promise<ChainMessage> {
  const way = await wayFrom(manager);
  const browserIds = await browserIdsAlong(way);
  const last = way.at(-1) ?? manager;
  const store = last.doesProvide(STORE) ? await storeOf(last) : undefined;
  const servers = store === undefined ? [] : (await askTogether(store)).statuses;
  const container = way.find(keepsSessions);
  const boxes = await Promise.all(
    way.map(async (object) => ({
      ...(await boxOf(object, object !== last || pathOf(last) === undefined)),
      ...(await livelyParts(object, container)),
    })),
  );
  const all = [
    browserIds === undefined ? NO_BROWSER_ID_MANAGER : await boxOf(browserIds, true),
    ...boxes,
    ...missing(last),
  ];
  const broken = all.find(({ holds }) => !holds);
  const isSilent = servers.length > 0 && servers.every(({ up }) => !up);
  const now = siteOf(manager).clock();
  const shown = { boxes: all, servers: servers.map((status) => serverOf(status, store?.traffic, now)) };
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
  return (way.find(keepsSessions) ?? way[0])?.findService(BROWSER_IDS);
}

function keepsSessions(object: TreeObject): boolean {
  return object.doesProvide(SESSION_CONTAINER);
}

/** What flows from a box to the next: requests to the container, and what it reads and writes; and what it has lost. */
async function livelyParts(
  object: TreeObject,
  container: TreeObject | undefined,
): Promise<Pick<ChainBox, 'flow' | 'losses'>> {
  if (container === undefined) return NOT_LIVELY;
  const { requests, operations } = trafficOf(container);
  if (object.doesProvide(SESSION_MANAGER)) return { flow: flowOf('requests', requests), losses: null };
  if (object !== container) return NOT_LIVELY;
  const sessions = await object.provide(SESSION_CONTAINER).catch(nothingIfUnavailable);
  return { flow: flowOf('reads and writes', operations), losses: sessions?.watchLosses() ?? null };
}

function flowOf(of: FlowMessage['of'], traffic: Traffic): FlowMessage {
  return { of, ...(traffic.look() ?? UNKNOWN_FLOW) };
}

const UNKNOWN_FLOW = { perSecond: null, errors: 0, answers: 0, latencyMs: null };
const NOT_LIVELY = { flow: null, losses: null };

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
    text: warning?.short ?? object.definition?.ui?.works ?? ((await said.size()) || 'Works'),
    leadsOn: path === undefined ? null : { property: path.name, value: path.value },
    holds,
    ...NOT_LIVELY,
  };
}

const STATES = { info: 'ok', warning: 'warn', danger: 'down' } as const;

const EMPTY = { path: null, leadsOn: null, holds: false, ...NOT_LIVELY };
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

function serverOf(status: ServerStatus, traffic: Store['traffic'], now: number): ChainMessage['servers'][number] {
  const own = traffic?.get(status.address);
  return { address: status.address, ...stateOf(status, now), flow: own ? flowOf('operations', own) : null };
}

function stateOf(status: ServerStatus, now: number): Pick<ChainMessage['servers'][number], 'state' | 'text'> {
  const { state, text } = resultOf(status);
  const restarted = restartOf(status, now);
  if (state === 'down') return { state, text: status.error ?? 'down' };
  if (restarted !== undefined) return { state: 'warn', text: `restarted ${agoText(now - restarted)}` };
  return { state, text: state === 'ok' ? `${(status.latencyMs ?? 0).toFixed(1)} ms` : text };
}
