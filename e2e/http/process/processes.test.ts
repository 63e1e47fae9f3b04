import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ChildrenMessage, ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { basic, startServer } from '../../support/server.ts';
import { runCli } from '../cli.ts';
import { clientOf, managerOf, type Client } from '../client.ts';

const data = await mkdtemp(join(tmpdir(), 'trellis-shared-'));
const one = await startServer({ data });
const other = await startServer({ data });
after(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await rm(data, { recursive: true, force: true });
});

const add = (client: Client, folder: string, id: string) =>
  client(folder, { body: { type: 'Page Template', id, properties: { text: id } } });
const idsIn = async (client: Client, folder: string) =>
  (await client(`${folder}/@children?limit=1000`)).json<ChildrenMessage>().items.map(({ id }) => id);

test('two processes on one data folder see each other’s changes at the next request', async () => {
  const [left, right] = [managerOf(one), managerOf(other)];
  await left('/api/', { body: { type: 'Folder', id: 'shared' } });
  for (let round = 0; round < 25; round += 1) {
    assert.equal((await add(left, '/api/shared', `left${round}`)).status, 201);
    assert.equal((await right(`/api/shared/left${round}`)).status, 200, `round ${round}`);
    const path = `/api/shared/left${round}`;
    assert.equal((await right(path, { method: 'PATCH', body: { title: 'seen' } })).status, 200);
    assert.equal((await left(path)).json<ObjectMessage>().title, 'seen');
    assert.equal((await left(path, { method: 'DELETE' })).status, 204);
    assert.equal((await right(path)).status, 404);
  }
});

test('two processes that change at once lose nothing and refuse nothing', async () => {
  const clients = [managerOf(one), managerOf(other)];
  const statuses = await Promise.all(
    clients.flatMap((client, which) =>
      Array.from({ length: 40 }, async (_, round) => (await add(client, '/api/shared', `p${which}x${round}`)).status),
    ),
  );
  assert.deepEqual(new Set(statuses), new Set([201]));
  for (const client of clients) assert.equal((await idsIn(client, '/api/shared')).length, 80);
});

test('of two that give one id at once exactly one is refused', async () => {
  for (let round = 0; round < 10; round += 1) {
    const adding = [one, other].map(async (server) => (await add(managerOf(server), '/api/', `same${round}`)).status);
    const statuses = await Promise.all(adding);
    assert.deepEqual(
      statuses.toSorted((a, b) => a - b),
      [201, 422],
    );
  }
});

test('a login made in one process holds in the other, and ends in both', async () => {
  const body = { name: 'admin', password: 'correct horse battery' };
  const signedIn = await clientOf(one)('/api/@login', { body });
  const cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0];
  const me = async (server: { port: number }) =>
    (await clientOf(server)('/api/@me', { headers: { cookie } })).json()['user'];
  assert.equal(await me(other), 'admin');
  const logout = { method: 'POST', headers: { cookie, origin: other.url } };
  assert.equal((await clientOf(other)('/api/@logout', logout)).status, 204);
  assert.equal(await me(one), null);
});

test('two processes that start together on an empty folder make one tree', async () => {
  const fresh = await mkdtemp(join(tmpdir(), 'trellis-fresh-'));
  await using cleaning = new AsyncDisposableStack();
  cleaning.defer(() => rm(fresh, { recursive: true, force: true }));
  const starts = [startServer({ data: fresh }), startServer({ data: fresh })];
  for (const start of await Promise.allSettled(starts)) if (start.status === 'fulfilled') cleaning.use(start.value);
  const [left, right] = (await Promise.all(starts)).map(managerOf) as [Client, Client];
  assert.equal((await idsIn(left, '/api')).length, 5);
  assert.equal((await left('/api/')).text, (await right('/api/')).text);
});

test('what was acknowledged before a SIGKILL is there afterwards, whole, six times in a row', async () => {
  let acknowledged: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    const server = await startServer({ data });
    const client = managerOf(server);
    if (round === 0) await client('/api/', { body: { type: 'Folder', id: 'killed' } });
    const there = new Set(await idsIn(client, '/api/killed'));
    assert.deepEqual(
      acknowledged.filter((id) => !there.has(id)),
      [],
      `round ${round}`,
    );
    acknowledged = [...acknowledged, ...(await changeUntilKilled(client, server, round))];
  }
  await using server = await startServer({ data });
  const there = await idsIn(managerOf(server), '/api/killed');
  assert.deepEqual(
    acknowledged.filter((id) => !there.includes(id)),
    [],
  );
  assert.ok(acknowledged.length >= 20, `only ${acknowledged.length} changes were acknowledged`);
});

/** Adds pages until the server is killed in the middle of it; gives the ids that it acknowledged. */
async function changeUntilKilled(client: Client, server: { kill(): Promise<void> }, round: number): Promise<string[]> {
  const acknowledged: string[] = [];
  const killAfter = 3 + 2 * round;
  let killed: Promise<void> | undefined;
  const work = Array.from({ length: 4 }, async (_, worker) => {
    for (let step = 0; killed === undefined; step += 1) {
      const id = `r${round}w${worker}s${step}`;
      const answer = await add(client, '/api/killed', id).catch(() => undefined);
      if (answer?.status === 201) acknowledged.push(id);
      if (acknowledged.length >= killAfter) killed ??= server.kill();
    }
  });
  await Promise.all(work);
  await killed;
  return acknowledged;
}

test('the contents of a temporary folder are gone after a restart, the folder is not', async () => {
  const first = await startServer({ data });
  await add(managerOf(first), '/api/temp_folder', 'passing');
  await first.stop();
  await using second = await startServer({ data });
  assert.equal((await managerOf(second)('/api/temp_folder/passing')).status, 404);
  assert.equal((await managerOf(second)('/api/temp_folder/session_data')).status, 200);
});

test('a signal lets requests that are under way end, and the exit code is 0', async () => {
  const server = await startServer({ data });
  const client = managerOf(server);
  await client('/api/@me');
  const underWay = Array.from({ length: 20 }, (_, round) => add(client, '/api/', `draining${round}`));
  const [code, ...answers] = await Promise.all([server.stop(), ...underWay.map((each) => each.catch(() => undefined))]);
  assert.equal(code, 0);
  for (const answer of answers) assert.ok(answer === undefined || answer.status === 201, String(answer?.status));
});

test('the data folder is for its owner alone', async () => {
  const modes = await Promise.all(
    (await readdir(data)).map(async (name) => [name, (await stat(join(data, name))).mode & 0o077]),
  );
  assert.deepEqual(
    modes.filter(([name, mode]) => name === 'secrets.json' && mode !== 0),
    [],
  );
  assert.ok(modes.some(([name]) => name === 'secrets.json'));
});

test('a password that was set on the command line ends every login and works in the running server', async () => {
  await using server = await startServer({ data });
  const before = clientOf(server, { authorization: basic() });
  assert.equal((await before('/api/')).status, 200);
  const set = await runCli(['user', 'admin', '--password', '--data', data], 'another long password\n');
  assert.equal(set.code, 0, set.errors);
  assert.match(set.output, /Set the password of 'admin'/);
  assert.equal((await before('/api/')).status, 401);
  assert.equal(
    (await clientOf(server, { authorization: basic('admin', 'another long password') })('/api/')).status,
    200,
  );
});
