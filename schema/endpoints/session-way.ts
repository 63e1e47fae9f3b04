import { endpoint, type BodyOf } from '../endpoint.ts';
import { about, flag, integer, listOf, object, oneOf, orNull, text, texts, type ValueOf } from '../json-schema.ts';
import { fieldResult, fieldState } from './forms.ts';

const chainBox = object({
  path: about('`null` where nothing is there.', orNull(text)),
  id: text,
  type: text,
  icon: text,
  state: fieldState,
  text: text,
  leadsOn: about('The property that leads on, and its value.', orNull(object({ property: text, value: text }))),
  holds: about('Whether the way to the next box holds.', flag),
});
export type ChainBox = ValueOf<typeof chainBox>;

export const sessionChain = endpoint({
  http: 'GET',
  view: 'chain',
  summary: 'How a request finds its session, each step with its state.',
  answer: object({
    boxes: listOf(chainBox),
    servers: listOf(object({ address: text, state: fieldState, text: text })),
    on: flag,
    state: about('`warn`: sessions are on, and servers that keep them do not answer.', oneOf('ok', 'warn', 'down')),
    text: about('"Sessions are on", for whom they are not, or why they are off.', text),
  }),
});
export type ChainMessage = ValueOf<typeof sessionChain.answer>;

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

const unreachedContainer = object({ path: text, held: about('"4 live sessions".', text) });
export type UnreachedContainer = ValueOf<typeof unreachedContainer>;

export const lookAtSetup = endpoint({
  http: 'GET',
  view: 'setup-sessions',
  summary: 'What a set-up would find here: managers, where sessions are kept now, and how many stay behind there.',
  answer: object({
    manager: about(
      'The session data manager that it would point elsewhere; `null`: there is none here or further up, so it adds one.',
      orNull(text),
    ),
    browserIds: about('The same for the browser id manager.', orNull(text)),
    container: about('Where sessions are kept now: a path, or empty.', text),
    held: about('What stays behind there: "12 live sessions". Empty: nothing.', text),
    unreached: about(
      'Other containers with live sessions, to which no session data manager leads.',
      listOf(unreachedContainer),
    ),
    on: about('Whether sessions are on now, for whoever uses the manager found here.', flag),
  }),
});
export type SetupMessage = ValueOf<typeof lookAtSetup.answer>;

export const setUpSessions = endpoint({
  http: 'POST',
  view: 'setup-sessions',
  summary:
    'Sets up sessions in memcached: adds a proxy and a container here, and points the session data manager at it. What is ' +
    'missing of the managers is added, too. Where no server answers it is refused (422), unless `anyway` is true.',
  body: {
    servers: texts,
    proxyId: text,
    containerId: text,
    timeoutMinutes: integer,
  },
  optional: { anyway: flag },
  answer: object({ proxy: text, container: text, manager: text, results: listOf(fieldResult) }),
});
export type SetupAnswer = ValueOf<typeof setUpSessions.answer>;
export type SetupRequest = BodyOf<typeof setUpSessions>;

/** Further members of the 422 (`no-server-answers`) that refuses a set-up of servers none of which answers. */
export interface SilentServers {
  /** Each server with what is wrong, as a sentence without its full stop. */
  readonly silent: readonly string[];
  /** What starts a memcached at the first of them. */
  readonly startCommand: string;
}
