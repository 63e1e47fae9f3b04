import { parseOrigin } from '../../base/origins.ts';
import { takeRandom } from '../../base/key-ring.ts';
import { PROBE_SUFFIX, type BrowserCheck } from '../../../schema/endpoints/browser-check.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import { cookieLine, cookieName, twinLine, twinName } from '../../sessions/browser-id.ts';
import { siteOf } from '../../site/site.ts';
import { cookieSettings, propertiesOf } from './browser-ids/browser-id-manager.ts';
import { browserIdsFor } from './session-chain.ts';
import { missedBy } from './browser-ids/cookie-path.ts';
import { cookieMisfits } from './browser-ids/cookie-rules.ts';
import { off } from './container/container-objects.ts';
import { NO_BROWSER_IDS } from './manager-warnings.ts';
import { textOf } from '../../manage/misfits.ts';

const PROBE_S = 60;

/** Gives the browser at hand a cookie as it is given its id, for a minute, and says where to ask whether it came back. */
export async function beginBrowserCheck(manager: TreeObject, call: Call): Promise<BrowserCheck> {
  const browserIds = await browserIdsFor(manager);
  if (browserIds === undefined) throw off(NO_BROWSER_IDS);
  const { acceptsSecureCookies, mayDropSecureCookies } = call.request;
  const settings = cookieSettings(browserIds, acceptsSecureCookies, mayDropSecureCookies);
  const probe = { ...settings, name: settings.name + PROBE_SUFFIX };
  const value = takeRandom(12).toString('base64url');
  const twins = settings.hasTwin ? [{ name: twinName(probe), line: twinLine(probe, value, PROBE_S) }] : [];
  const probes = [{ name: cookieName(probe), line: cookieLine(probe, value, PROBE_S) }, ...twins];
  call.cookies.push(() => probes.map(({ line }) => line));
  const query = new URLSearchParams(probes.map(({ name }) => ['cookie', `${name}=${value}`]));
  return {
    manager: browserIds.path,
    path: settings.path,
    misses: missedBy(settings.path, manager),
    address: `${settings.path.replace(/\/$/, '')}/@cookie-check?${query.toString()}`,
    ...(await expected(browserIds, call)),
  };
}

/** Whether a browser at this address can be expected to keep the cookie. */
async function expected(browserIds: TreeObject, { request }: Call) {
  const { origins } = siteOf(browserIds);
  // A proxy may pass another Host on; where the page stands the browser says itself.
  const here = parseOrigin(request.headers.origin ?? '') ?? request.origin;
  const isConfigured = origins.includes(here);
  const [misfit] = await cookieMisfits(propertiesOf(browserIds), { origins: [here], isConfigured });
  if (misfit === undefined) return { reason: '', isElsewhere: false };
  if (isConfigured || origins.length === 0) return { reason: textOf(misfit), isElsewhere: false };
  const reason = `You are at ${here}, and visitors reach this site at ${origins.join(', ')}. Open this page there.`;
  return { reason, isElsewhere: true };
}
