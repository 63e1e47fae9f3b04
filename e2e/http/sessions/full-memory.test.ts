import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ChildrenMessage, ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type { RoundTripMessage } from '../../../schema/endpoints/round-trip.ts';
import type { ChainMessage } from '../../../schema/endpoints/session-chain.ts';
import type { StatisticsMessage } from '../../../schema/endpoints/statistics.ts';
import { sized } from '../../support/figures.ts';
import { changeProperties, startSteppedServer } from '../../support/sessions-site.ts';
import { administer, resultOf, resultsOf, Visitor } from '../../support/applications/visitor.ts';
import { eachOf } from '../client.ts';

const CONTAINER = '/temp_folder/session_data';
const LIMIT_MIB = sized(8, 64);
const POSTS = sized(200, 1_400);

const site = await startSteppedServer();
after(() => site[Symbol.asyncDispose]());
await administer(site.port, '/api/', { body: { type: 'Stepped Page', id: 'page' } });
await changeProperties(site, CONTAINER, { limit_mib: LIMIT_MIB });

const post = (visitor: Visitor, bytes = 60_000) => visitor.post('/page', `fill junk ${bytes}`);
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const statistics = () => administer<StatisticsMessage>(site.port, `/api${CONTAINER}/@statistics`);
const warnings = async () => (await administer<ObjectMessage>(site.port, `/api${CONTAINER}`)).warnings;
const statesLogged = () => site.log().match(/"state":"\w+"/g) ?? [];

const visitors = numbers(20).map(() => new Visitor(site));

test(`${POSTS} anonymous posts of 60 kB leave 20 of 20 visitors their sessions, and the container says what happens`, async () => {
  for (const visitor of visitors) resultsOf(await visitor.post('/page', 'set n 1'));
  assert.deepEqual(await warnings(), []);
  await eachOf(numbers(POSTS), async (number) => {
    resultsOf(await post(new Visitor(site)));
    if (number % 10 === 0) resultsOf(await visitors[(number / 10) % 20]!.post('/page', 'add n 0'));
  });
  const seen = await Promise.all(visitors.map(async (visitor) => resultOf(await visitor.visit('/page', 'get n'))));
  assert.deepEqual(seen, Array(20).fill(1));

  const { memory, totals } = await statistics();
  assert.ok(memory !== null && memory.evictions > POSTS / 10, JSON.stringify(memory));
  assert.deepEqual([memory.state, memory.refusals, totals.refused], ['evicting', 0, 0]);
  assert.equal(memory.limitBytes, LIMIT_MIB * 1024 * 1024);
  assert.ok(memory.usedBytes > memory.limitBytes * 0.9 && memory.usedBytes <= memory.limitBytes);
  const [warning] = await warnings();
  assert.deepEqual([warning?.severity, warning?.short], ['warning', 'Memory is full']);
  assert.match(warning?.text ?? '', /^Memory is full: .* no browser came back to make room, \d.* MemCache Proxy\.$/);
  assert.deepEqual(statesLogged(), ['"state":"filling"', '"state":"evicting"'], 'the log says it once each');
});

test('a flood that comes back to its sessions is refused with 503, and whoever has one goes on', async () => {
  const returning: Visitor[] = [];
  const refused: Visitor[] = [];
  // One after the other: of several who begin where there is room for one, each would push out the one before.
  for (const _ of numbers(POSTS)) {
    const visitor = new Visitor(site);
    const answer = await post(visitor);
    if (answer.status === 503) {
      refused.push(visitor);
      continue;
    }
    assert.equal(resultOf(await visitor.visit('/page', 'new')), false);
    returning.push(visitor);
  }
  assert.ok(
    refused.length > 10 && returning.length > 50,
    `${returning.length} came back, ${refused.length} were refused`,
  );
  assert.ok(refused.every(({ browserId }) => browserId === ''));
  const answer = await post(new Visitor(site));
  assert.equal(answer.status, 503);
  assert.ok(Number(answer.headers['retry-after']) >= 1);
  assert.match(JSON.parse(answer.text).detail, /^The memory for sessions is full \(\d+ MiB\)\. Nothing was stored/);

  for (const visitor of visitors) resultsOf(await visitor.post('/page', 'set n 2'));
  const seen = await Promise.all(visitors.map(async (visitor) => resultOf(await visitor.visit('/page', 'get n'))));
  assert.deepEqual(seen, Array(20).fill(2));
  assert.equal((await post(visitors[0]!)).status, 503, 'it would grow');
  assert.equal(resultOf(await visitors[0]!.visit('/page', 'get n')), 2);

  const [rotating, leaving] = visitors as [Visitor, Visitor];
  const before = rotating.browserId;
  resultsOf(await rotating.post('/page', 'rotate'));
  assert.notEqual(rotating.browserId, before);
  assert.equal(resultOf(await rotating.visit('/page', 'get n')), 2);
  const left = leaving.copy();
  resultsOf(await leaving.post('/page', 'invalidate'));
  assert.equal(leaving.browserId, '');
  assert.equal(resultOf(await left.visit('/page', 'new')), true);
  for (const visitor of returning.slice(0, 2)) resultsOf(await visitor.post('/page', 'invalidate'));
  assert.equal((await post(new Visitor(site))).status, 200, 'what ended makes room');
});

test('a full container says so wherever one looks, and is well again once its sessions have ended', async () => {
  const [warning] = await warnings();
  assert.deepEqual([warning?.severity, warning?.short], ['danger', 'Memory is full']);
  assert.match(warning?.text ?? '', /refused \(503\), [\d,]+ so far; those in use stay\. Give it more memory/);
  const { items } = await administer<ChildrenMessage>(site.port, '/api/temp_folder/@children');
  assert.equal(items[0]?.warnings[0]?.short, 'Memory is full');
  const { boxes } = await administer<ChainMessage>(site.port, '/api/session_data_manager/@chain');
  assert.deepEqual([boxes.at(-1)?.state, boxes.at(-1)?.text], ['down', 'Memory is full']);
  const { memory, totals } = await statistics();
  assert.deepEqual([memory?.state, totals.refused], ['refusing', memory?.refusals]);
  await post(new Visitor(site));
  const trip = () => administer<RoundTripMessage>(site.port, `/api${CONTAINER}/@round-trip`, { method: 'POST' });
  assert.equal(statesLogged().filter((state) => state.includes('refusing')).length, 1);

  await administer(site.port, `/api${CONTAINER}/@sessions/@end`, { body: {} });
  resultsOf(await post(new Visitor(site)));
  assert.equal((await trip()).state, 'ok');
  const { memory: after } = await statistics();
  assert.ok(after !== null && after.usedBytes < 70_000, JSON.stringify(after));
});

test('a higher limit makes room at once', async () => {
  await changeProperties(site, CONTAINER, { limit_mib: 1 });
  for (const _ of numbers(4)) {
    const visitor = new Visitor(site);
    resultsOf(await post(visitor, 240_000));
    resultsOf(await visitor.visit('/page', 'new'));
  }
  assert.equal((await post(new Visitor(site), 240_000)).status, 503);
  await changeProperties(site, CONTAINER, { limit_mib: 2 });
  assert.equal((await post(new Visitor(site), 240_000)).status, 200);
});
