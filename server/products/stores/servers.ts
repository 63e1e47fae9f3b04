import { setTimeout as wait } from 'node:timers/promises';
import type { FieldAnswer, FieldResult } from '../../../schema/endpoints/forms.ts';
import type { Warning } from '../../../schema/endpoints/objects.ts';
import type { ServerMessage } from '../../../schema/endpoints/servers.ts';
import { clockWords, isClockOff, SET_CLOCKS } from '../../base/clock-words.ts';
import { timeOrNull } from '../../manage/describe.ts';
import { parseAddress, parseServers } from '../../memcache/server/addresses.ts';
import { downWords, REASONS } from '../../memcache/errors.ts';
import { sameWords, severalWords } from '../../memcache/server-words.ts';
import { Cluster } from '../../memcache/cluster/cluster.ts';
import type { FormerStatus, ServerStatus, Store } from '../../memcache/store.ts';
import type { TreeObject } from '../../objects/object.ts';
import { siteOf } from '../../site/site.ts';
import { formerWords } from './former-words.ts';
import { memoryOf, memoryWarning } from './memory-warnings.ts';
import { silenceCost } from './silence-cost.ts';
import { restartOf, restartWords } from './restarts.ts';
import { replicasOf } from './store.ts';
import { agoText } from './span-text.ts';

const FRESH_MS = 5_000;
const PATIENCE_MS = 500;

/** Lines that a `servers` property may have; no more are asked while somebody types. */
export const MOST_SERVERS = 100;

/** How the servers of a store were, and those that were taken out of it. */
export interface Asked {
  readonly at: number;
  readonly statuses: readonly ServerStatus[];
  readonly former: readonly FormerStatus[];
}

const known = new WeakMap<Store, Asked>();
const asking = new WeakMap<Store, Promise<Asked>>();

/** Asks every server of a store now. */
export async function askServers(store: Store): Promise<Asked> {
  const [statuses, former = []] = await Promise.all([store.servers(), store.formerServers?.()]);
  const asked = { at: performance.now(), statuses, former };
  known.set(store, asked);
  return asked;
}

/**
 * How the servers last were. Asks when that is not known, when it is old, and when one went down, came back or lost its
 * connection since; for what is only old nobody waits long.
 */
export async function knownServers(store: Store): Promise<Asked> {
  const last = known.get(store);
  if (last !== undefined && isFresh(last, store)) return last;
  const asked = askTogether(store);
  if (last === undefined) return asked;
  return Promise.race([asked.catch(() => last), wait(PATIENCE_MS, last, { ref: false })]);
}

function isFresh({ at, statuses }: Asked, { down, suspects }: Store): boolean {
  const isSo = statuses.every(
    ({ address, up }) => down?.includes(address) !== up && suspects?.includes(address) !== true,
  );
  return isSo && performance.now() - at < FRESH_MS;
}

/** Those who want to know at the same time ask once. */
export function askTogether(store: Store): Promise<Asked> {
  const underWay = asking.get(store) ?? askServers(store).finally(() => asking.delete(store));
  asking.set(store, underWay);
  return underWay;
}

/** How each line of a `servers` property stands: asked of the server itself, saved or not. */
export async function answerServers(lines: readonly string[], about: TreeObject): Promise<FieldAnswer> {
  return answerFrom(lines, await probe(lines, about), replicasOf(about));
}

export function answerFrom(lines: readonly string[], statuses: readonly ServerStatus[], replicas: number): FieldAnswer {
  const cost = silenceCost(statuses, replicas);
  const results = lines.map((line) => answerLine(line.trim(), statuses));
  return { results: results.map((result) => (cost && result.state === 'down' ? { ...result, cost } : result)) };
}

export function resultOf(status: ServerStatus): FieldResult {
  if (!status.up) return { state: 'down', text: downWords(status.error) };
  const note = `memcached ${status.version ?? ''}`.trim();
  if (status.isSeveral === true) return { state: 'warn', text: 'leads to several servers: name each of them' };
  if (status.sameAs) return { state: 'warn', text: `is the same as ${status.sameAs}` };
  if (isClockOff(status.clockDifferenceS)) return { state: 'warn', text: 'its clock is off', note };
  const latency = (status.latencyMs ?? 0).toFixed(1);
  return { state: 'ok', text: `answers in ${latency} ms`, note };
}

export function serverMessage(status: ServerStatus, now: number): ServerMessage {
  const { refusesNow: _, restartedAt: _at, ...shown } = status;
  return {
    ...shown,
    isClockOff: isClockOff(status.clockDifferenceS),
    isSeveral: status.isSeveral ?? null,
    sameAs: status.sameAs ?? null,
    memory: memoryOf(status),
    restarted: timeOrNull(restartOf(status, now) ?? null),
    downSince: timeOrNull(status.downSince),
  };
}

/** A memcached fit for sessions: it refuses writes when it is full instead of forgetting, and listens for nobody else. */
export function startCommand(statuses: readonly ServerStatus[]): string {
  // Where nothing listens one can be started; what is silent otherwise may be one that hangs.
  const down = statuses.find(({ error }) => error === 'refused') ?? statuses.find(({ up }) => !up) ?? statuses[0];
  const address = down?.address ?? 'localhost:11211';
  if (address.startsWith('/')) return `memcached -M -m 256 -s ${address}`;
  const [, host = 'localhost', port = '11211'] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  return `memcached -M -U 0 -m 256 -l ${host} -p ${port}`;
}

/** Standing conditions of a cluster. */
export function warningsAbout({ statuses }: Asked, proxy: TreeObject): readonly Warning[] {
  const { path } = proxy;
  const down = statuses.filter(({ up }) => !up);
  if (down.length > 0 && down.length === statuses.length) {
    const words = noneWords(statuses);
    const text = `${words}. Whoever needs a session is told so (503); pages without one go on.`;
    return [{ ...warningOf(text, words, path), severity: 'danger' }];
  }
  const short = `${down.length} of ${statuses.length} servers ${down.length === 1 ? 'is' : 'are'} down`;
  const silent = down.map((status) => warningOf(silence(status, proxy), short, path));
  const tight = statuses.map(memoryWarning).filter((warning) => warning !== undefined);
  return [...silent, ...tight.map(({ text, short: what }) => warningOf(text, what, path))];
}

/** What is said where no server can be used: one that is not allowed was never asked. */
export function noneWords(statuses: readonly ServerStatus[]): string {
  const isAsked = statuses.some(({ error }) => error !== REASONS.notAllowed.short);
  return isAsked ? 'No server answers' : 'TRELLIS_MEMCACHED_ALLOW does not allow any of the servers';
}

/** What may cost somebody a session though every server of today is up: a warning to whatever keeps sessions there, too. */
export function sessionWarnings({ statuses, former }: Asked, proxy: TreeObject): readonly Warning[] {
  const { path } = proxy;
  const [now, replicas] = [siteOf(proxy).clock(), replicasOf(proxy)];
  const several = statuses.filter(({ isSeveral }) => isSeveral === true);
  const clocks = statuses.filter(({ clockDifferenceS }) => isClockOff(clockDifferenceS));
  const silent = former.filter(({ state }) => state === 'silent');
  return [
    ...restartWords(statuses, replicas, now).map(({ severity, text, short }) => ({
      ...warningOf(text, short, path),
      severity,
    })),
    ...several.map(({ address }) => warningOf(severalWords(address), SEVERAL, path)),
    ...statuses.flatMap(({ address, sameAs }) =>
      sameAs ? [warningOf(sameWords(address, sameAs), 'One server is named twice', path)] : [],
    ),
    ...clocks.map(({ address, clockDifferenceS }) => {
      const words = clockWords(address, clockDifferenceS, now);
      return warningOf(`${words}: sessions may end early or late. ${SET_CLOCKS}`, 'A clock is off', path);
    }),
    ...silent.map((status) => warningOf(formerWords(status, replicas, now), 'A former server is silent', path)),
  ];
}

const SEVERAL = 'One name leads to several servers';

function warningOf(text: string, short: string, path: string): Warning {
  return { severity: 'warning', text, short, link: { label: `Servers of ${path}`, path, tab: 'servers' } };
}

function answerLine(line: string, statuses: readonly ServerStatus[]): FieldResult {
  if (line === '' || line.startsWith('#')) return { state: 'off', text: '' };
  const address = parseAddress(line);
  if (typeof address === 'string') return { state: 'down', text: 'is not host:port' };
  const status = statuses.find((each) => each.address === address.text);
  return status === undefined ? { state: 'off', text: '' } : resultOf(status);
}

/** Asks the servers of a `servers` property now, saved or not. */
export async function probe(lines: readonly string[], about: TreeObject): Promise<readonly ServerStatus[]> {
  const { addresses } = parseServers(lines.slice(0, MOST_SERVERS));
  if (addresses.length === 0) return [];
  const cluster = new Cluster({ addresses, allowlist: siteOf(about).allowlist, prefix: '', watches: true });
  try {
    return await cluster.servers();
  } finally {
    await cluster.close();
  }
}

function silence(status: ServerStatus, proxy: TreeObject): string {
  const since = status.downSince === null ? '' : `, ${agoText(siteOf(proxy).clock() - status.downSince)}`;
  const consequence =
    replicasOf(proxy) > 1
      ? 'Its sessions come from their copies on the other servers; one that no other server surely has is refused (503) until it is back.'
      : 'Whoever has a session there is told so (503) until it is back.';
  const said = downWords(status.error).replace(/\)$/, `${since})`);
  return `${status.address} ${said}. ${consequence}`;
}
