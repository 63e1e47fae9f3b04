import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { LIMITS } from './limits.ts';
import { UNSAVED, type Job, type ObjectFacts, type TemplateQuestion } from './protocol.ts';
import type { Answering, TemplateFault } from './renderer.ts';
import { Renderers } from './renderers.ts';

const times = { created: '2026-01-01T00:00:00Z', modified: '2026-01-01T00:00:00Z' };
const facts: ObjectFacts = { id: 'page', title: '', path: '/page', url: '/page', type: 'Page Template', ...times };
const names = { here: facts, container: facts, root: facts, template: facts, user: null } as const;
const job: Job = {
  source: { number: UNSAVED, path: '/page' },
  names: {
    ...names,
    sessionName: 'SESSION',
    language: 'en',
    zone: 'UTC',
    method: 'GET',
    path: '/page',
    query: [],
    form: [],
    error: null,
  },
};

function rendering(text: string, answer: Answering = async () => null) {
  return (renderers: Renderers) =>
    renderers.render(job, async (question: TemplateQuestion) => (question.ask === 'text' ? text : answer(question)));
}

/** Gets round all that the engine counts: beyond 2^53 a number and the next are the same. */
const ENDLESS = '{% for i in (9007199254740992..9007199254740996) %}{% endfor %}';

test('a thread that is in something without an end is ended from outside, and the next page has another', async () => {
  const renderers = new Renderers();
  for (let round = 0; round < 3; round += 1) {
    await assert.rejects(rendering(ENDLESS)(renderers), ({ fault }: TemplateFault) => {
      assert.match(fault.message, /100 ms of work|MB of memory/);
      return fault.isLimit;
    });
    assert.equal((await rendering('good')(renderers)).body, 'good');
  }
});

test('waiting for the tree or the session is not work', async () => {
  const slow = async () => wait(LIMITS.workMs * 3, 'kept');
  const { body } = await rendering('{{ session.a }}{{ session.b }}', slow)(new Renderers());
  assert.equal(body, 'keptkept');
});

test('why something cannot be had reaches whoever asked, and the thread goes on', async () => {
  const renderers = new Renderers();
  const outage = new Error('memcached is out of reach');
  const failing = async () => Promise.reject(outage);
  await assert.rejects(rendering('{{ session.cart }}', failing)(renderers), outage);
  assert.equal((await rendering('good')(renderers)).body, 'good');
});

test('pages that come together are each rendered, with their own answers', async () => {
  const renderers = new Renderers();
  const pages = Array.from({ length: 60 }, async (_, index) => {
    const { body } = await rendering('{{ session.n }} {{ session.n }}', async () => index)(renderers);
    assert.equal(body, `${index} ${index}`);
  });
  await Promise.all(pages);
});

test('a text is parsed without being rendered, and its mistake has a line', async () => {
  const renderers = new Renderers();
  assert.deepEqual(await renderers.parse('{{ here.title }}', '/page'), []);
  const [fault] = await renderers.parse('one\ntwo {{ here.title | nope }}', '/page');
  assert.deepEqual([fault?.line, fault?.message, fault?.path], [2, 'Undefined filter: nope.', '/page']);
});
