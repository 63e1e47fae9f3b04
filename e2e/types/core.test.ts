import type { TypeInfo } from '../../schema/endpoints/objects.ts';
import { managerOf } from '../http/client.ts';
import { startServer } from '../support/server.ts';
import { testType, type Particulars } from '../support/test-type.ts';

const proxy = { type: 'MemCache Proxy', id: 'proxy' };

/** Beside an idle timeout of 20 minutes, which neither may pass. */
const times = { max_lifetime_minutes: [20, 527_040, 0], resolution_seconds: [1, 1200, 20] };

/** Of pages, set on their templates and on folders. */
const place = {
  good: { language: ['de', 'fr-CH', ''], time_zone: ['Europe/Zurich', 'UTC', ''] },
  bad: { language: ['klingon', 'a b'], time_zone: ['Berlin', 'a b'] },
};

/** Of the types that the server has by itself, what their schemas do not tell. */
const PARTICULARS: Readonly<Record<string, Particulars>> = {
  'MemCache Proxy': {
    good: { servers: [['127.0.0.1:11211', '[::1]:1025'], []], prefix: ['shop', ''] },
    bad: { servers: [['127.0.0.1:99999'], ['8.8.8.8:11211'], ['a b']], prefix: ['a b', 'ä'] },
  },
  'MemCache Cache Manager': { good: { prefix: ['pages', ''] }, bad: { prefix: ['a b', 'ä'] } },
  'MemCache Session Data Container': {
    good: times,
    bad: { resolution_seconds: [1201], max_lifetime_minutes: [19] },
    prepare: (manager) => manager('/api/zoo', { body: proxy }),
  },
  'Transient Object Container': {
    good: times,
    bad: { resolution_seconds: [1201], max_lifetime_minutes: [19] },
  },
  'Browser Id Manager': {
    // The server is reached at an address, where no domain can work.
    good: { id_name: ['sid', 'browser_id'], cookie_path: ['/shop', '/'], cookie_domain: [''] },
    bad: { id_name: ['', 'a b'], cookie_path: ['shop', '/a b'], cookie_domain: ['a b', 'com', 'example.org'] },
  },
  Folder: place,
  'Page Template': {
    good: { ...place.good, text: ['<h1>{{ here.title }}</h1>', ''], values: [['price: 3.20', 'about:'], []] },
    bad: {
      ...place.bad,
      text: ['{% nonsense %}', '{{ here | nonsense }}', '{% if here %}'],
      values: [['price'], ['1: 2'], [': x']],
    },
  },
  'Session Data Manager': { bad: { request_name: ['', '1st', 'a b'], container_path: ['/zoo'] } },
};

/** Whatever else is added to them is tried, too. */
for (const type of await addableTypes()) testType(type, PARTICULARS[type] ?? {});

async function addableTypes(): Promise<readonly string[]> {
  await using server = await startServer();
  return (await managerOf(server)('/api/@types')).json<TypeInfo[]>().map(({ type }) => type);
}
