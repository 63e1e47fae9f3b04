import { endpoint, type BodyOf } from '../endpoint.ts';
import { about, flag, integer, listOf, object, orNull, text, texts, type ValueOf } from '../json-schema.ts';
import { fieldResult, fieldState } from './forms.ts';

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
    containerType: about('The type of what is there; empty where nothing is.', text),
    store: about('Behind which store it keeps them, such as a proxy; `null`: it keeps them itself.', orNull(text)),
    servers: about('How many servers there are behind it.', integer),
    held: about('What stays behind there: "12 live sessions". Empty: nothing.', text),
    unreached: about(
      'Other containers with live sessions, to which no session data manager leads.',
      listOf(unreachedContainer),
    ),
    on: about('Whether sessions are on now, for whoever uses the manager found here.', flag),
    text: about('The same in words, with whom it costs what or why they are off.', text),
  }),
});
export type SetupMessage = ValueOf<typeof lookAtSetup.answer>;

export const lookForMemcached = endpoint({
  http: 'GET',
  view: 'local-memcached',
  summary: 'What stands at localhost:11211, where a memcached beside this server would be. No other address is asked.',
  answer: object({
    address: text,
    state: fieldState,
    text: about('"answers in 0.3 ms", or what is wrong.', text),
    version: about('Of the memcached that answers.', orNull(text)),
    startCommand: about('What starts one there, where nothing is yet.', orNull(text)),
  }),
});
export type LocalMemcached = ValueOf<typeof lookForMemcached.answer>;

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
