import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { test } from 'node:test';
import { Balancer } from '../../support/network/balancer.ts';
import { sized, until } from '../../support/figures.ts';
import { freePort } from '../../support/memcached/memcached.ts';
import { basic, type TestServer } from '../../support/server.ts';
import { startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { administer } from '../../support/applications/visitor.ts';

const RESTARTS = sized(3, 30);
const CLIENTS = 8;
const environment = { TRELLIS_DRAIN_SECONDS: String(sized(0.2, 1.5)) };

test('of servers behind a balancer that are restarted one after the other, no request is lost', async (t) => {
  await using folder = await temporaryFolder();
  const ports = [await freePort(), await freePort()] as const;
  const start = (port: number) => startSteppedServer({ data: folder.path, port, environment });
  const servers: TestServer[] = [];
  for (const port of ports) servers.push(await start(port));
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => void (await Promise.all(servers.map((server) => server.kill()))));
  await administer(ports[0], '/api/', { body: { type: 'Stepped Page', id: 'page' } });
  const balancer = stack.use(await Balancer.start(ports));
  const load = startLoad(balancer.port);
  stack.defer(() => load.stop());
  for (let restart = 0; restart < RESTARTS; restart += 1) {
    const which = restart % 2;
    await until('both are ready', async () => ports.every((port) => balancer.isReady(port)));
    assert.equal(await servers[which]!.stop(), 0);
    servers[which] = await start(ports[which]!);
  }
  await load.stop();
  const lost = load.lost();
  t.diagnostic(`${RESTARTS} restarts, ${load.answered()} requests answered, ${lost.length} lost`);
  assert.deepEqual(lost, []);
});

test('of a server that is restarted on its port, no client that keeps its connection loses a request', async (t) => {
  await using folder = await temporaryFolder();
  const port = await freePort();
  const start = () => startSteppedServer({ data: folder.path, port, environment });
  let server = await start();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => server.kill());
  await administer(port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
  const load = startLoad(port);
  stack.defer(() => load.stop());
  for (let restart = 0; restart < RESTARTS; restart += 1) {
    await load.untilAnswered();
    assert.equal(await server.stop(), 0);
    server = await start();
  }
  await load.stop();
  const kept = load.lost().filter(({ isKept }) => isKept);
  // Whoever connects in the very moment in which a port closes, or is tried at a start, is reset by the system; a balancer
  // sends nobody then.
  t.diagnostic(
    `${RESTARTS} restarts, ${load.answered()} requests answered; lost: ${kept.length} over kept connections, ${load.lost().length - kept.length} over new ones`,
  );
  assert.ok(load.answeredOverKept() > 4 * CLIENTS);
  assert.deepEqual(kept, []);
});

interface Client {
  readonly agent: Agent;
  readonly step: string;
  answered: number;
  answeredOverKept: number;
  /** Requests that were not answered, but for those that no port took. */
  readonly lost: Outcome[];
}

interface Outcome {
  readonly result: number | string;
  /** It went over a connection that was there before it. */
  readonly isKept: boolean;
}

/** Clients that keep their connections, and as many that open one for each request; half of the requests take a while. */
function startLoad(port: number) {
  const clientsOf = (keepAlive: boolean) =>
    Array.from({ length: CLIENTS }, (_, index): Client => {
      const agent = new Agent({ keepAlive, maxSockets: 1 });
      return { agent, step: `wait ${index % 2 === 0 ? 20 : 0}`, answered: 0, answeredOverKept: 0, lost: [] };
    });
  const all = [...clientsOf(true), ...clientsOf(false)];
  let isOver = false;
  const asking = all.map(async (client) => {
    while (!isOver) {
      const outcome = await send(port, client);
      if (outcome.result === 200) {
        client.answered += 1;
        client.answeredOverKept += Number(outcome.isKept);
      } else if (outcome.result !== 'ECONNREFUSED') client.lost.push(outcome);
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
    client.agent.destroy();
  });
  const answered = () => all.reduce((sum, client) => sum + client.answered, 0);
  return {
    answered,
    answeredOverKept: () => all.reduce((sum, client) => sum + client.answeredOverKept, 0),
    lost: () => all.flatMap((client) => client.lost),
    async untilAnswered() {
      const before = answered();
      await until('requests answered', async () => answered() > before + 4 * CLIENTS);
    },
    async stop() {
      isOver = true;
      await Promise.all(asking);
    },
  };
}

function send(port: number, { agent, step }: Client): Promise<Outcome> {
  const headers = { authorization: basic(), 'content-type': 'application/json' };
  return new Promise((resolve) => {
    const outgoing = request({ port, host: '127.0.0.1', path: '/api/page/@steps', method: 'POST', headers, agent });
    const settle = (result: Outcome['result']) => resolve({ result, isKept: outgoing.reusedSocket });
    const fail = (error: NodeJS.ErrnoException) => settle(error.code ?? error.message);
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      incoming.on('error', fail);
      incoming.resume().on('end', () => settle(incoming.statusCode ?? 0));
    });
    outgoing.end(JSON.stringify({ steps: [step] }));
  });
}
