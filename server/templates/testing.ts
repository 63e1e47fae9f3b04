import assert from 'node:assert/strict';
import { Engine } from './engine.ts';
import { faultOf } from './fault.ts';
import type { Fault, Names, ObjectFacts, TemplateQuestion, Rendered } from './protocol.ts';

// What a template is rendered with in the tests of this folder: a page in a tree, a session, and other templates.

/** An object of the tree as a template sees it. */
export function facts(path: string, shown: Record<string, string> = {}): ObjectFacts {
  const id = path.slice(path.lastIndexOf('/') + 1);
  const times = { created: '2026-01-01T00:00:00Z', modified: '2026-01-02T00:00:00Z' };
  return { ...shown, id, title: `The ${id}`, path, url: path, type: 'Folder', ...times };
}

const SESSION: Readonly<Record<string, unknown>> = {
  list: [1, 2],
  map: new Map<unknown, unknown>([
    ['a', new Set([1n])],
    ['when', new Date(0)],
    ['bytes', Buffer.from('x')],
  ]),
  hostile: JSON.parse('{"__proto__": {"polluted": 1}, "constructor": "c", "toString": "t", "then": "x"}'),
};

async function answer(question: TemplateQuestion, includes: Includes): Promise<unknown> {
  if (question.ask === 'object') return question.path === '/missing' ? null : facts(question.path);
  if (question.ask === 'children') return [facts('/a', { n: '3.3' }), facts('/b', { n: '2.2' })];
  if (question.ask === 'session') return Object.hasOwn(SESSION, question.key) ? SESSION[question.key] : null;
  if (question.ask === 'template')
    return Object.hasOwn(includes, question.path) ? { number: 0, path: question.path } : null;
  if (question.ask === 'keep') return true;
  return question.ask === 'text' ? includes[question.path] : null;
}

/** The texts of further templates, by path. */
type Includes = Readonly<Record<string, string>>;

interface Given {
  readonly names?: Partial<Names>;
  readonly includes?: Includes;
  readonly engine?: Engine;
}

/** Renders a text as the page `/page`; `/loop` is that text as well. */
export async function run(
  text: string,
  { names, includes = {}, engine = new Engine() }: Given = {},
): Promise<Rendered> {
  const source = { number: 0, path: '/page' };
  const texts = { '/page': text, '/loop': text, ...includes };
  return engine.renderJob({ source, names: { ...NAMES, ...names } }, (question) => answer(question, texts));
}

export async function render(text: string, given: Given = {}): Promise<string> {
  return (await run(text, given)).body;
}

export async function faultIn(text: string, given: Given = {}): Promise<Fault> {
  return run(text, given).then(
    ({ body }) => assert.fail(`no fault, but: ${body.slice(0, 100)}`),
    (error: unknown) => faultOf(error, '/page'),
  );
}

const NAMES: Names = {
  here: facts('/here', { price: '3' }),
  container: facts('/'),
  root: facts('/'),
  template: facts('/page'),
  user: { name: 'ada', roles: ['Authenticated'] },
  sessionName: 'SESSION',
  language: 'en',
  zone: 'UTC',
  method: 'GET',
  path: '/page',
  query: [
    ['q', 'word'],
    ['__proto__', 'p'],
  ],
  form: [],
  error: null,
};
