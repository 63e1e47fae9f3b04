import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, test } from 'node:test';
import { clientOf, managerOf, type Answer } from '../http/client.ts';
import { several, sized, times } from '../support/figures.ts';
import { startPulse } from '../support/pulse.ts';
import { startServer } from '../support/server.ts';

const server = await startServer();
after(() => server[Symbol.asyncDispose]());
const manager = managerOf(server);
const visitor = clientOf(server);

/** Each takes more than a page may; no two by the same means. */
const HOSTILE: Readonly<Record<string, string>> = {
  loops:
    '{% for i in (1..1000) %}{% for j in (1..1000) %}{% for k in (1..1000) %}{{ k }}{% endfor %}{% endfor %}{% endfor %}',
  sorts: '{% for i in (1..10000) %}{% assign a = (1..400000) | sort %}{% endfor %}',
  itself: '{% render "itself" %}',
  // Beyond 2^53 a number and the next are the same, so that this list has no end.
  endless: '{% for i in (9007199254740992..9007199254740996) %}{% endfor %}',
  doubles: '{% assign s = "xxxxxxxx" %}{% for i in (1..99) %}{% assign s = s | append: s %}{% endfor %}',
  writes: '{% for i in (1..90000) %}0123456789012345678901234567890123456789{% endfor %}',
  lists:
    '{% capture s %}{% for i in (1..9000) %}0123456789{% endfor %}{% endcapture %}{% assign a = nil %}{% for i in (1..9999) %}{% assign a = a | push: s %}{% endfor %}{{ a }}',
  asks: '{% for i in (1..90000) %}{{ objects[i].title }}{% endfor %}',
};

async function plant(id: string, text: string): Promise<void> {
  const { status, text: answer } = await manager('/api/', {
    body: { type: 'Page Template', id, properties: { text } },
  });
  assert.equal(status, 201, answer);
}

function threads(): number {
  return readdirSync(`/proc/${server.pid}/task`).length;
}

test('a site whose pages have no Liquid in them has no rendering thread', async () => {
  await plant('plain', '<h1>Plain</h1>');
  const before = threads();
  for (let visit = 0; visit < 20; visit += 1) assert.equal((await visitor('/plain')).status, 200);
  assert.equal(threads(), before);
  await plant('good', '{{ here.id }} {{ request.query.n }}');
  assert.equal((await visitor('/good?n=1')).text, 'good 1');
  assert.ok(threads() > before, 'the first page that needs one starts one');
});

test('templates that spin, grow or call themselves end at their limits, and other pages do not notice', async (t) => {
  const names = Object.keys(HOSTILE);
  for (const [id, text] of Object.entries(HOSTILE)) await plant(id, text);
  for (const id of names) {
    const { status, text } = await manager(`/${id}`);
    assert.equal(status, 500, id);
    assert.match(text, /It takes more than a page may/, id);
  }
  const stop = startPulse(server);
  const good: number[] = [];
  const answers: Answer[] = [];
  await several(sized(80, 800), 8, async (index) => {
    if (index % 2 === 0) return void answers.push(await visitor(`/${names[(index / 2) % names.length]}`));
    const began = performance.now();
    const { status, text } = await visitor(`/good?n=${index}`);
    good.push(performance.now() - began);
    assert.deepEqual([status, text], [200, `good ${index}`]);
  });
  const pulse = await stop();
  for (const { status, text } of answers) {
    // They are rendered one at a time; on a machine that is busy, one may have waited long enough to be sent away.
    if (status !== 503) assert.equal(status, 500);
    assert.match(text, status === 503 ? /Too many pages are being rendered/ : /This is no fault of yours/);
  }
  assert.equal(pulse.failures, 0);
  assert.ok(pulse.times.length > 10, `${pulse.times.length} visits of another page`);
  assert.equal((await visitor('/good?n=0')).text, 'good 0');
  t.diagnostic(`${answers.length} hostile pages; another page meanwhile: ${times(pulse.times)}`);
  t.diagnostic(`good templates among them: ${times(good)}`);
});

test('the server that has ended hundreds of renderings has no more threads than before', async () => {
  const before = threads();
  await several(sized(10, 400), 8, async () => void (await visitor('/sorts')));
  assert.ok(threads() <= before + 4, `${threads()} threads, ${before} before`);
});
