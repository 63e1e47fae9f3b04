import { endpoint } from '../endpoint.ts';
import { about, flag, object, text, type ValueOf } from '../json-schema.ts';

/** Or two cookies, where one may be dropped. */
export const beginCookieCheck = endpoint({
  http: 'POST',
  view: 'browser-check',
  summary: 'Sets a cookie for a minute as browser ids are set, and gives the address that tells whether it came back.',
  answer: object({
    manager: about('The browser id manager that says how.', text),
    path: about('The path below which browsers send the cookie.', text),
    misses: about('Which pages it thereby leaves without sessions, and what to do; empty where there are none.', text),
    address: about('To be asked next.', text),
    reason: about(
      'Why browsers refuse the cookie at this address, and what to do; empty where nothing is known against it.',
      text,
    ),
    isElsewhere: about('The settings are for another address of the site than this one.', flag),
  }),
});
export type BrowserCheck = ValueOf<typeof beginCookieCheck.answer>;

/** How the names of cookies end by which it is tried whether a browser sends its id back. */
export const PROBE_SUFFIX = '-probe';

/** GET <path>/@cookie-check: whether each cookie that the query names came with the request. */
export interface CookieCheck {
  readonly came: readonly boolean[];
}
