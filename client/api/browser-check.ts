import type { BrowserCheck, CookieCheck } from '../../schema/endpoints/browser-check.ts';

/** Which cookies this browser sends back; `undefined` where something else than this server answers at that path. */
export async function endBrowserCheck(
  { address }: BrowserCheck,
  signal?: AbortSignal,
): Promise<readonly boolean[] | undefined> {
  const response = await fetch(address, { headers: { accept: 'application/json' }, signal: signal ?? null });
  const answer = (await response.json().catch(() => undefined)) as Partial<CookieCheck> | undefined;
  return answer?.came;
}
