import Koa from 'koa';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { bareRequest, OPCODES, storeRequest } from '../../server/memcache/server/protocol.ts';
import { HEADER_BYTES, RawSocket } from './raw-socket.ts';

// The least that sessions in memcached can cost in Koa: JSON under an id that anybody may choose, nothing checked or sealed.
const socket = await RawSocket.connect(Number(process.env['MEMCACHED']?.split(':')[1]));
const LIFETIME = { expiration: 1_200, endsAtS: 0 };
const FLAGS_BYTES = 4;

interface Session {
  counter: number;
  filler: string;
}

const app = new Koa();
app.use(async (context) => {
  const id = /id=(\w+)/.exec(context.headers.cookie ?? '')?.[1] ?? '';
  if (context.path === '/none') context.body = { ok: true };
  if (context.path === '/new') context.body = await begin(context);
  if (context.path === '/read') context.body = { counter: (await get(id)).counter };
  if (context.path === '/rw') context.body = await increment(id);
});
const server = app.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

async function begin(context: Koa.Context): Promise<unknown> {
  const id = randomBytes(16).toString('hex');
  await set(id, { counter: 0, filler: 'x'.repeat(Number(context.query['size'])) });
  context.cookies.set('id', id);
  return { counter: 0 };
}

async function increment(id: string): Promise<unknown> {
  const session = await get(id);
  session.counter += 1;
  await set(id, session);
  return { counter: session.counter };
}

/** A missing session is an empty value, which is no JSON: 500. */
function get(id: string): Promise<Session> {
  return new Promise((resolve, reject) => {
    socket.ask(bareRequest(OPCODES.get, 0, id), (bytes, at, end) => {
      try {
        resolve(JSON.parse(bytes.toString('utf8', at + HEADER_BYTES + FLAGS_BYTES, end)) as Session);
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}

function set(id: string, session: Session): Promise<unknown> {
  const value = Buffer.from(JSON.stringify(session));
  return new Promise((resolve) => socket.ask(storeRequest(OPCODES.set, 0, id, value, LIFETIME), resolve));
}
