import { isIP } from 'node:net';
import { keepsSecureCookies } from '../../../base/origins.ts';
import type { TreeObject } from '../../../objects/object.ts';
import { siteOf } from '../../../site/site.ts';
import type { Misfit, SettingRemedy } from '../../../manage/misfits.ts';
import type { CookieProperties } from './cookie-fields.ts';

/** By which addresses browsers reach a site. */
export interface Reach {
  readonly origins: readonly string[];
  /** Otherwise it is the address of whoever asks. */
  readonly isConfigured: boolean;
}

/** By which addresses browsers reach the site of an object, as far as that is known. */
export function reachOf({ tree }: TreeObject): Reach {
  const { origins, origin } = siteOf({ tree });
  return origins.length > 0
    ? { origins, isConfigured: true }
    : { origins: [tree.origin ?? origin], isConfigured: false };
}

/** Settings with which browsers refuse the cookie at one of the site's addresses at least. */
export async function cookieMisfits(settings: CookieProperties, reach: Reach): Promise<readonly Misfit[]> {
  const isPlain = !reach.origins.every((origin) => isSecureAt(origin, reach));
  const found = [
    await domainMisfit(settings, reach),
    ...prefixMisfits(settings, isPlain),
    ...secureMisfits(settings, reach),
  ];
  return found.filter((each) => each !== undefined);
}

/** Whether the cookie is sent as a Secure one at an address of the site. */
export function isSecureAt(origin: string, { isConfigured }: Reach): boolean {
  return keepsSecureCookies(origin, isConfigured ? [origin] : []);
}

/** Why browsers keep no cookie of this domain. The list of public suffixes is large, and read where it is needed. */
async function domainMisfit({ cookie_domain }: CookieProperties, reach: Reach): Promise<Misfit | undefined> {
  if (cookie_domain === '') return undefined;
  const { getPublicSuffix, getDomain } = await import('tldts');
  const privateToo = { allowPrivateDomains: true };
  const domain = cookie_domain.replace(/^\./, '').toLowerCase();
  const hosts = reach.origins.map((origin) => new URL(origin).hostname.replace(/^\[|\]$/g, ''));
  const address = hosts.find((host) => isIP(host) > 0);
  const foreign = hosts.find((host) => !isIn(host, domain));
  const isSuffix = getPublicSuffix(domain, privateToo) === domain;
  if (address === undefined && foreign === undefined && !isSuffix) return undefined;
  const words =
    address !== undefined
      ? `This site is reached at ${address}, which is an address and no name: browsers keep no cookie with a domain there.`
      : isSuffix
        ? `'${domain}' is a public suffix, below which anybody can have a name: browsers refuse a cookie for all of it.`
        : `'${domain}' is no domain of ${foreign}, where this site is reached: browsers refuse the cookie.`;
  const widest = getDomain(hosts[0] ?? '', privateToo);
  const fitting =
    widest === null ? [] : [...new Set([widest, hosts[0]!])].filter((each) => hosts.every((host) => isIn(host, each)));
  const remedy = fitting.length === 0 ? 'Leave it empty.' : `Use ${fitting.join(' or ')}, or leave it empty.`;
  const hint = reach.isConfigured
    ? ''
    : ' If visitors reach the site by another name, set TRELLIS_ORIGIN to that first.';
  return { words, remedies: [['cookie_domain', remedy + hint]] };
}

function isIn(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** What browsers demand of names that begin in certain ways, in capitals or not. */
function prefixMisfits(settings: CookieProperties, isPlain: boolean): readonly Misfit[] {
  const { id_name, cookie_domain, cookie_path, secure, http_only } = settings;
  const [prefix] = /^__(host-http|http|host|secure)-/i.exec(id_name) ?? [];
  if (prefix === undefined) return [];
  const isHostOnly = /^__host/i.test(prefix);
  const other: SettingRemedy = ['id_name', 'Choose a name without it: "__Host-" is put before it wherever that works.'];
  const unless = (isMet: boolean, what: string, ...remedies: readonly SettingRemedy[]): readonly Misfit[] => {
    const words = `Browsers refuse a cookie whose name begins with "${prefix}" ${what}.`;
    return isMet ? [] : [{ words, remedies: [...remedies, other] }];
  };
  return [
    ...unless(!isHostOnly || cookie_domain === '', 'and that has a domain', ['cookie_domain', 'Leave it empty.']),
    ...unless(!isHostOnly || cookie_path === '/', 'and whose path is not "/"', ['cookie_path', 'Use "/".']),
    ...unless(secure, 'without Secure', ['secure', 'Tick it.']),
    ...unless(!secure || !isPlain, 'by plain http, where it cannot be Secure'),
    ...unless(!/http-$/i.test(prefix) || http_only, 'without HttpOnly', ['http_only', 'Tick it.']),
  ];
}

/** What browsers keep together with Secure alone, and so by https alone. */
function secureMisfits({ same_site, partitioned, secure }: CookieProperties, reach: Reach): readonly Misfit[] {
  const plain = reach.origins.find((origin) => !isSecureAt(origin, reach));
  const judge = (name: string, subject: string, without: string, instead: string): readonly Misfit[] => {
    if (secure && plain === undefined) return [];
    const words = secure ? `Browsers keep ${subject} by https alone, and this site is reached at ${plain}.` : without;
    const otherwise = secure ? 'set TRELLIS_ORIGIN to the https address' : 'tick Secure';
    const remedy: SettingRemedy = [name, `${instead}, or ${otherwise}.`];
    return [{ words, remedies: [remedy, ['secure', 'Tick it.']] }];
  };
  const none = 'Browsers require the "Secure" flag when setting SameSite to "None".';
  const apart = 'Browsers require the "Secure" flag for a partitioned cookie.';
  return [
    ...(same_site === 'None' ? judge('same_site', 'a cookie with SameSite=None', none, 'Use Lax') : []),
    ...(partitioned ? judge('partitioned', 'a partitioned cookie', apart, 'Leave it unticked') : []),
  ];
}
