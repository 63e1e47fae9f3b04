import { p } from '../../../schema/fields.ts';
import type { FieldAnswer } from '../../../schema/messages/forms.ts';
import type { FieldProblem } from '../../../schema/messages/problems.ts';
import type { TreeObject } from '../../objects/object.ts';
import { defineType } from '../../objects/types.ts';
import { cookieLine, type CookieSettings } from '../../sessions/browser-id.ts';
import { siteOf } from '../../site.ts';

const SAME_SITE = { Lax: 'Lax', Strict: 'Strict', None: 'None' } as const;

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
  properties: {
    id_name: p.string({
      title: 'Browser id name',
      help: 'The name of the cookie. Another name gives every browser a new id, and so a new session.',
      default: 'browser_id',
      maxLength: 64,
      answers: true,
      rule: (name) =>
        /^[A-Za-z0-9_.~!-]+$/.test(name)
          ? undefined
          : `Bad id name string '${name}'. Use letters, digits, "_", "-" and ".".`,
    }),
    cookie_days: p.integer({
      title: 'Cookie lifetime',
      help: '0: until the browser is closed.',
      default: 0,
      minimum: 0,
      maximum: 400,
      unit: 'days',
    }),
    cookie_path: p.string({
      title: 'Cookie path',
      help: 'The part of the site that the browser sends the cookie to.',
      default: '/',
      maxLength: 200,
      rule: (path) =>
        /^\/[\x21-\x7e]*$/.test(path) && !/[;,<>&]/.test(path)
          ? undefined
          : `Bad cookie path '${path}'. It begins with "/" and has no blanks, ";", ",", "<", ">" or "&"; other letters than English ones are percent-encoded.`,
    }),
    cookie_domain: p.string({
      title: 'Cookie domain',
      help: 'Empty: this host alone. A domain such as example.org also covers every host below it.',
      maxLength: 253,
      rule: domainProblem,
    }),
    same_site: p.selection({
      title: 'SameSite',
      help: 'Lax: sent when somebody follows a link to this site, not when another site embeds it.',
      choices: SAME_SITE,
      default: 'Lax',
    }),
    secure: p.boolean({
      title: 'Secure',
      help: 'Sent by https alone. Where this site is reached by plain http from other machines, it is left out, and the log says so.',
      default: true,
    }),
    http_only: p.boolean({
      title: 'HttpOnly',
      help: 'Scripts in pages cannot read the cookie.',
      default: true,
    }),
  },
  provides: { 'session.browser-ids': (object) => object },
  tabs: [{ id: 'settings', label: 'Settings', element: 'properties-tab' }],
  answers: { id_name: async (_, object) => preview(object) },
  works: 'Gives an id to each browser',
  check: async (object) => sameSiteProblems(object),
  async warnings(object) {
    const { origin } = siteOf(object);
    if (!object.properties.secure || acceptsSecure(origin)) return [];
    const text = `This site is reached by plain http (${origin}): the cookie goes out without Secure and without its __Host- name. Behind a TLS proxy, set TRELLIS_ORIGIN to the https address.`;
    return [{ severity: 'warning', text, short: 'Cookie without Secure' }];
  },
});

/** The cookie that an object's properties describe, for requests that can or cannot keep Secure cookies. */
export function cookieSettings(object: TreeObject, acceptsSecureCookies: boolean): CookieSettings {
  const { id_name, cookie_days, cookie_path, cookie_domain, same_site, secure, http_only } = object.properties as {
    id_name: string;
    cookie_days: number;
    cookie_path: string;
    cookie_domain: string;
    same_site: keyof typeof SAME_SITE;
    secure: boolean;
    http_only: boolean;
  };
  return {
    name: id_name,
    path: cookie_path,
    domain: cookie_domain === '' ? undefined : cookie_domain,
    lifetimeDays: cookie_days,
    sameSite: same_site,
    isSecure: secure && acceptsSecureCookies,
    isHttpOnly: http_only,
  };
}

/** The Set-Cookie line as a browser will get it. */
async function preview(object: TreeObject): Promise<FieldAnswer> {
  const line = cookieLine(cookieSettings(object, acceptsSecure(siteOf(object).origin)), '…');
  return { results: [{ state: 'ok', text: `Set-Cookie: ${line}` }] };
}

function sameSiteProblems(object: TreeObject): readonly FieldProblem[] {
  const { same_site, secure } = object.properties;
  if (same_site !== 'None' || secure === true) return [];
  return [
    { pointer: '/properties/same_site', detail: 'Browsers require the "Secure" flag when setting SameSite to "None".' },
  ];
}

function domainProblem(domain: string): string | undefined {
  if (domain === '') return undefined;
  if (!/^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(domain))
    return `Bad characters in cookie domain '${domain}'. Use a domain such as example.org, or leave it empty.`;
  return undefined;
}

function acceptsSecure(origin: string): boolean {
  return origin.startsWith('https:') || ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
}
