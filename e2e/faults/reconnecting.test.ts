import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sized } from '../support/figures.ts';
import { startSite, startSteppedServer } from '../support/sessions-site.ts';
import { Visitor } from '../support/visitor.ts';

const PROCESSES = sized(2, 8);
const DOWN_MS = sized(3_000, 30_000);
/** Sessions are back within a quarter of a second, so a server that is down is tried every 100 to 200 ms, and no more. */
const MOST_PER_SECOND = 10;
/** Before it is known to be down, and until the pauses have grown. */
const MOST_AT_FIRST = 30;

for (const [how, meet] of [
  ['closes each connection', (socket: Socket) => void socket.end()],
  ['resets each connection', (socket: Socket) => void socket.resetAndDestroy()],
  ['never answers', () => undefined],
] as const) {
  test(`a server that ${how} is tried again without haste, however many ask`, async (t) => {
    const attempts: number[] = [];
    const open = new Set<Socket>();
    const listener = createServer((socket) => {
      attempts.push(performance.now());
      open.add(socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy()));
      meet(socket);
    });
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    const servers = [`127.0.0.1:${(listener.address() as AddressInfo).port}`];
    const data = await mkdtemp(join(tmpdir(), 'trellis-storm-'));
    const first = await startSite({ servers }, { data });
    const more = await Promise.all(Array.from({ length: PROCESSES - 1 }, () => startSteppedServer({ data })));
    const sites = [first, ...more];

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

    await Promise.all(sites.map((site) => site.stop()));
    for (const socket of open) socket.destroy();
    await once(listener.close(), 'close');
    await rm(data, { recursive: true, force: true });
  });
}

function ask(site: { readonly port: number }) {
  return new Visitor(site).visit('/page', 'get n', 'set n 1');
}
