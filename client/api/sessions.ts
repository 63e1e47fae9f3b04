import type { BrowserCheck, CookieCheck } from '../../schema/endpoints/session-way.ts';
import type { OwnSessionRequest, TestMessage, TestRequest } from '../../schema/endpoints/session-test.ts';
import type { RoundTripMessage } from '../../schema/endpoints/round-trip.ts';
import { request, viewOf } from './request.ts';

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

/** Which cookies this browser sends back; `undefined` where something else than this server answers at that path. */
export async function endBrowserCheck(
  { address }: BrowserCheck,
  signal?: AbortSignal,
): Promise<readonly boolean[] | undefined> {
  const response = await fetch(address, { headers: { accept: 'application/json' }, signal: signal ?? null });
  const answer = (await response.json().catch(() => undefined)) as Partial<CookieCheck> | undefined;
  return answer?.came;
}
