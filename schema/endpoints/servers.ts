import { endpoint } from '../endpoint.ts';
import {
  about,
  flag,
  integer,
  listOf,
  number,
  object,
  oneOf,
  orNull,
  text,
  time,
  type ValueOf,
} from '../json-schema.ts';

const serverMessage = object({
  address: text,
  up: flag,
  latencyMs: orNull(number),
  version: orNull(text),
  uptimeS: orNull(number),
  items: orNull(integer),
  bytes: orNull(integer),
  limitBytes: orNull(integer),
  hits: orNull(integer),
  misses: orNull(integer),
  evictions: orNull(integer),
  refusals: about('Values that it refused because its memory was full.', orNull(integer)),
  evicts: about(
    'Whether it pushes out items when its memory is full; `false`: it was started with -M, and refuses new ones.',
    orNull(flag),
  ),
  memory: about(
    '`filling`: nine tenths are used. `evicting`, `refusing`: it was full, and this is what it did since it started.',
    oneOf('ok', 'filling', 'evicting', 'refusing'),
  ),
  connections: orNull(integer),
  clockDifferenceS: orNull(number),
  isClockOff: about(
    'Whether that is more than processes and servers may differ by: sessions may end early or late.',
    flag,
  ),
  isSeveral: about(
    'Whether connections to its address lead to several servers; `null` where that is not known.',
    orNull(flag),
  ),
  sameAs: about('The address named before it that leads to the same server.', orNull(text)),
  restarted: about('When it was restarted, for ten minutes: what only it kept is gone.', orNull(time)),
  error: orNull(text),
  downSince: orNull(time),
});
export type ServerMessage = ValueOf<typeof serverMessage>;

const formerServerMessage = about(
  'A server that was taken out, while it is still asked for what is found nowhere else.',
  object({
    address: text,
    state: about(
      '`silent`: whoever may have a session there is refused. `gone`: nobody listens there, so it holds nothing.',
      oneOf('answers', 'silent', 'gone'),
    ),
    error: orNull(text),
    removed: time,
    until: about('Until when it is asked: as long as anything that it holds may live.', time),
    text: about('What that means, as a sentence.', text),
  }),
);
export type FormerServerMessage = ValueOf<typeof formerServerMessage>;

export const listServers = endpoint({
  http: 'GET',
  view: 'servers',
  summary: 'Asks every server now, for at most one deadline.',
  answer: object({
    servers: listOf(serverMessage),
    former: about('Those that were taken out and may still hold something, newest first.', listOf(formerServerMessage)),
    startCommand: about('What to type on the server’s machine when one refuses: a memcached fit for sessions.', text),
    checked: time,
  }),
});
export type ServersMessage = ValueOf<typeof listServers.answer>;

export const forgetServer = endpoint({
  http: 'POST',
  view: 'forget',
  summary:
    'Asks a server that was taken out no more, in any process: who has a session there and nowhere else begins a new one.',
  body: { address: text },
});
