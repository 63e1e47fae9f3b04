import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { sized } from '../../support/figures.ts';
import { startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { Visitor } from '../../support/applications/visitor.ts';

/** As a proxy has it by default. */
const DEADLINE_MS = 250;
const PROCESSES = sized(2, 8);
const DOWN_MS = sized(3_000, 30_000);
/** Sessions are back within a quarter of a second, so a server that is down is tried every 100 to 200 ms, and no more. */
const MOST_PER_SECOND = 10;
/** Before it is known to be down, and until the pauses have grown. */
const MOST_AT_FIRST = 30;

describe('a memcached that takes connections and is none', { concurrency: true }, () => {
  for (const [how, meet] of [
    ['closes each connection', (socket: Socket) => void socket.end()],
    ['resets each connection', (socket: Socket) => void socket.resetAndDestroy()],
    ['never answers', () => undefined],
  ] as const) {
    test(`a server that ${how} is tried again without haste, however many ask`, async (t) => {
      await using folder = await temporaryFolder();
      await using listener = await startListener(meet);
      await using stack = new AsyncDisposableStack();
      const { attempts } = listener;
      const data = folder.path;
      const first = stack.use(
        await startSite({ servers: [listener.address], proxy: { timeout_ms: DEADLINE_MS } }, { data }),
      );
      const start = async () => stack.use(await startSteppedServer({ data }));
      const sites = [first, ...(await Promise.all(Array.from({ length: PROCESSES - 1 }, start)))];

      // Each process has noticed.
      await Promise.all(sites.map(async (site) => assert.equal((await ask(site)).status, 503)));
      attempts.length = 0;
      const began = performance.now();
      let refused = 0;
      const asking = sites.flatMap((site) =>
        Array.from({ length: 8 }, async () => {
          while (performance.now() - began < DOWN_MS) {
            assert.equal((await ask(site)).status, 503);
            refused += 1;
          }
        }),
      );
      await Promise.all(asking);
      const seconds = (performance.now() - began) / 1000;
      const perSecond = attempts.length / seconds / PROCESSES;
      t.diagnostic(
        `${refused} requests refused in ${seconds.toFixed(1)} s by ${PROCESSES} processes: ` +
          `${perSecond.toFixed(1)} attempts a second and process`,
      );
      assert.ok(attempts.length >= PROCESSES, 'Nobody tried again.');
      assert.ok(
        attempts.length <= PROCESSES * (MOST_AT_FIRST + MOST_PER_SECOND * seconds),
        `${attempts.length} attempts`,
      );
      const late = attempts.filter((at) => at - began > DOWN_MS / 2).length;
      assert.ok(late <= PROCESSES * (MOST_PER_SECOND * (seconds / 2) + 2), `${late} attempts in the second half`);
    });
  }
});

/** Listens where a memcached should, and counts who comes. */
async function startListener(meet: (socket: Socket) => void) {
  const attempts: number[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    attempts.push(performance.now());
    open.add(socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy()));
    meet(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    attempts,
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}

function ask(site: { readonly port: number }) {
  return new Visitor(site).visit('/page', 'get n', 'set n 1');
}
