import type {
  BrowserCheck,
  ChainMessage,
  CookieCheck,
  SetupAnswer,
  SetupMessage,
  SetupRequest,
} from '../../schema/messages/session-way.ts';
import type { OwnSessionRequest, TestMessage, TestRequest } from '../../schema/messages/session-test.ts';
import type { ServersHistoryMessage } from '../../schema/messages/history.ts';
import type { RoundTripMessage } from '../../schema/messages/round-trip.ts';
import type { StatisticsMessage } from '../../schema/messages/statistics.ts';
import { request, viewOf } from './request.ts';

/** How the proxy's servers were over the last minutes. The first look begins it. */
export function getHistory(proxy: string, signal?: AbortSignal): Promise<ServersHistoryMessage> {
  return request('GET', viewOf(proxy, 'history'), { ...(signal && { signal }) });
}

/** The caller's own session in this container, without beginning one. */
export function getTest(container: string, signal?: AbortSignal): Promise<TestMessage> {
  return request('GET', viewOf(container, 'test'), { ...(signal && { signal }) });
}

export function addTestItems(container: string, body: TestRequest): Promise<TestMessage> {
  return request('POST', viewOf(container, 'test'), { body });
}

export function changeOwnSession(container: string, body: OwnSessionRequest): Promise<TestMessage> {
  return request('POST', viewOf(container, 'own'), { body });
}

/** Writes a probe where this container keeps its sessions, reads it back and deletes it. */
export function checkRoundTrip(container: string, signal?: AbortSignal): Promise<RoundTripMessage> {
  return request('POST', viewOf(container, 'round-trip'), { ...(signal && { signal }) });
}

/** What the server's process did to the sessions of this container. The first look begins its rates. */
export function getStatistics(container: string, signal?: AbortSignal): Promise<StatisticsMessage> {
  return request('GET', viewOf(container, 'statistics'), { ...(signal && { signal }) });
}

export function getChain(manager: string, signal?: AbortSignal): Promise<ChainMessage> {
  return request('GET', viewOf(manager, 'chain'), { ...(signal && { signal }) });
}

/** Has this browser given a cookie for a minute, as it would be given its id. */
export function beginBrowserCheck(manager: string, signal?: AbortSignal): Promise<BrowserCheck> {
  return request('POST', viewOf(manager, 'browser-check'), { ...(signal && { signal }) });
}

/** Which cookies this browser sends back; `undefined` where something else than this server answers at that path. */
export async function endBrowserCheck(
  { address }: BrowserCheck,
  signal?: AbortSignal,
): Promise<readonly boolean[] | undefined> {
  const response = await fetch(address, { headers: { accept: 'application/json' }, signal: signal ?? null });
  const answer = (await response.json().catch(() => undefined)) as Partial<CookieCheck> | undefined;
  return answer?.came;
}

/** What a set-up would find in a folder. */
export function lookAtSetup(folder: string, signal?: AbortSignal): Promise<SetupMessage> {
  return request('GET', viewOf(folder, 'setup-sessions'), { ...(signal && { signal }) });
}

export function setUpSessions(folder: string, body: SetupRequest): Promise<SetupAnswer> {
  return request('POST', viewOf(folder, 'setup-sessions'), { body });
}
