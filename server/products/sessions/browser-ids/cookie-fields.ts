import { domainToASCII } from 'node:url';
import { p, type ValuesOf } from '../../../../schema/fields.ts';

/** Stands for a name with the mark of the installation. */
export const DEFAULT_NAME = 'browser_id';
const SAME_SITE = { Lax: 'Lax', Strict: 'Strict', None: 'None', '': 'Not said' } as const;

/** What can be set of the browser id's cookie. */
export const cookieFields = {
  id_name: p.string({
    title: 'Browser id name',
    help: 'The name of the cookie; “browser_id” stands for one that no other Trellis on this host name has. Another name gives every browser a new id, and so a new session.',
    default: DEFAULT_NAME,
    maxLength: 64,
    required: true,
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
    required: true,
    answers: true,
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
  partitioned: p.boolean({
    title: 'Partitioned',
    help: 'Browsers keep the cookie apart for each site that embeds this one. For that it needs SameSite None, too.',
    default: false,
  }),
};
export type CookieProperties = ValuesOf<typeof cookieFields>;

function domainProblem(domain: string): string | undefined {
  if (domain === '' || /^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  const better = ascii !== '' && ascii !== domain && ascii.includes('.') ? ascii : 'a domain such as example.org';
  return `Bad characters in cookie domain '${domain}'. Use ${better}, or leave it empty.`;
}
