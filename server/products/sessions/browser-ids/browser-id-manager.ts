import type { FieldAnswer } from '../../../../schema/endpoints/forms.ts';
import type { Warning } from '../../../../schema/endpoints/objects.ts';
import type { TreeObject } from '../../../objects/object.ts';
import { defineType } from '../../../objects/types.ts';
import { cookieLine, type CookieSettings } from '../../../sessions/browser-id.ts';
import { siteOf, type Site } from '../../../site/site.ts';
import { BROWSER_IDS } from './browser-ids.ts';
import { missedBy } from './cookie-path.ts';
import { cookieFields, DEFAULT_NAME, type CookieProperties } from './cookie-fields.ts';
import { cookieMisfits, isSecureAt, reachOf, type Reach } from './cookie-rules.ts';
import { problemsOf, textOf, type Misfit } from '../../../manage/misfits.ts';

/** Gives each browser an id, by cookie. Found by its name, nearest one upward. */
export const browserIdManager = defineType({
  type: 'Browser Id Manager',
  description: 'Gives each browser an id, by cookie',
  icon: 'cookie',
  group: 'Sessions and caches',
  suggestedId: 'browser_id_manager',
  fixedId: 'browser_id_manager',
  addPermission: 'Add Browser Id Managers',
  changePermission: 'Change Browser Id Managers',
  properties: cookieFields,
  provides: [BROWSER_IDS.by((object) => object)],
  ui: {
    tabs: [{ id: 'settings', label: 'Settings', element: 'properties-tab', saved: 'Changes saved.' }],
    works: 'Gives an id to each browser',
    async warnings(object: TreeObject): Promise<readonly Warning[]> {
      const refused = (await misfitsOf(object)).map((misfit) => ({
        severity: 'danger' as const,
        text: textOf(misfit),
        short: 'Browsers refuse its cookie',
      }));
      return [
        ...refused,
        ...pathWarnings(object),
        ...(object.properties['secure'] === true ? plainWarnings(reachOf(object)) : []),
      ];
    },
  },
  answers: {
    id_name: async (_, object) => preview(object),
    cookie_path: async (path, object) => {
      const text = missedBy(path, object);
      return { results: text === '' ? [] : [{ state: 'warn', text }] };
    },
  },
  check: async (object, given) => problemsOf(await misfitsOf(object), object, given),
});

/** The cookie that an object's properties describe, for requests that can or cannot keep Secure cookies. */
export function cookieSettings(object: TreeObject, acceptsSecure: boolean, mayDropSecure = false): CookieSettings {
  const properties = propertiesOf(object);
  return {
    ...namesFor(object),
    path: properties.cookie_path,
    domain: properties.cookie_domain === '' ? undefined : properties.cookie_domain,
    lifetimeDays: properties.cookie_days,
    sameSite: properties.same_site,
    isSecure: properties.secure && acceptsSecure,
    hasTwin: properties.secure && acceptsSecure && mayDropSecure,
    isHttpOnly: properties.http_only,
    isPartitioned: properties.partitioned,
  };
}

/** The cookie of a manager in each way in which it may be set; which of them it is follows from how a browser asks. */
export interface CookieWays {
  readonly secure: CookieSettings;
  /** By http on this machine itself, where Safari drops Secure cookies: a Secure one, with a twin. */
  readonly doubtful: CookieSettings;
  readonly plain: CookieSettings;
}

export function cookieWays(object: TreeObject): CookieWays {
  const [secure, doubtful] = [cookieSettings(object, true), cookieSettings(object, true, true)];
  return { secure, doubtful, plain: cookieSettings(object, false) };
}

/** With the mark, installations on one host name do not take each other's cookies. */
function namesFor(object: TreeObject): Pick<CookieSettings, 'name' | 'formerName'> {
  const { id_name } = propertiesOf(object);
  if (id_name !== DEFAULT_NAME) return { name: id_name };
  return { name: `${DEFAULT_NAME}_${siteOf(object).cookieMark}`, formerName: DEFAULT_NAME };
}

export function propertiesOf({ properties }: TreeObject): CookieProperties {
  return properties as unknown as CookieProperties;
}

/** With which of its settings browsers refuse the cookie. */
export function misfitsOf(object: TreeObject): Promise<readonly Misfit[]> {
  return cookieMisfits(propertiesOf(object), reachOf(object));
}

const told = new WeakSet<Site>();
const OF_SERVERS = 'TRELLIS_ORIGIN and TRELLIS_TRUST_PROXY';

/** The log says it once. */
export function tellWithoutSecure(site: Site, asked = 'an unknown address', settings?: string): void {
  if (told.has(site)) return;
  told.add(site);
  const [canonical = asked] = site.origins;
  const plain = site.origins.includes(asked) ? asked : canonical;
  site.log.warn({ origin: asked }, withoutSecure(plain, site.origins.length > 0, settings));
}

function pathWarnings(object: TreeObject): readonly Warning[] {
  const text = missedBy(propertiesOf(object).cookie_path, object);
  return text === '' ? [] : [{ severity: 'warning', text, short: 'Its cookie path misses pages' }];
}

function plainWarnings(reach: Reach): readonly Warning[] {
  const plain = reach.origins.find((origin) => !isSecureAt(origin, reach));
  if (plain === undefined) return [];
  return [{ severity: 'warning', text: withoutSecure(plain, reach.isConfigured), short: 'Cookie without Secure' }];
}

/** What is to be said where Secure is wanted and browsers come by http. */
function withoutSecure(plain: string, isConfigured: boolean, settings = OF_SERVERS): string {
  const why = isConfigured
    ? `TRELLIS_ORIGIN names ${plain}. If visitors come by https, name that address there.`
    : `this request is http. Behind a TLS proxy? Set ${settings}. (This site is reached at ${plain}.)`;
  return `Cookie sent without Secure: ${why}`;
}

/** The Set-Cookie line as a browser will get it; whether browsers take it, the other fields say. */
async function preview(object: TreeObject): Promise<FieldAnswer> {
  const reach = reachOf(object);
  const line = cookieLine(cookieSettings(object, isSecureAt(reach.origins[0] ?? '', reach)), '…');
  return { results: [{ state: 'off', text: `Set-Cookie: ${line}` }] };
}
