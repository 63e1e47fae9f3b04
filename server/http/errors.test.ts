import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import {
  Conflict,
  Forbidden,
  Invalid,
  MethodNotAllowed,
  Misdirected,
  NotFound,
  type Problem,
  TooManyRequests,
  Unavailable,
  NotSignedIn,
} from '../base/errors.ts';
import { openLog } from '../base/log.ts';
import { failureOf, problemOf, responseTo, type Recipient } from './errors.ts';

const PROGRAM: Recipient = { page: undefined, isOperator: false };
const OPERATOR: Recipient = { page: undefined, isOperator: true };
const visitor = (path = '/shop', method = 'GET'): Recipient => ({ page: { method, path }, isOperator: false });

const documentOf = (problem: Problem, reader = PROGRAM) =>
  JSON.parse(responseTo(problem, reader).body as string) as Record<string, unknown>;
const pageOf = (problem: Problem, reader: Recipient, own?: string) => responseTo(problem, reader, own).body as string;

test('what was thrown on purpose is answered as it is; the rest is told by a number, under which the log has it', () => {
  const log = openLog('silent');
  const told = mock.method(log, 'error');
  const wanted = new NotFound('There is no such thing.');
  assert.equal(problemOf(wanted, log), wanted);
  assert.equal(told.mock.callCount(), 0);
  const thrown = new TypeError('secret is undefined');
  const { status, message, members } = problemOf(thrown, log);
  assert.deepEqual([status, message.includes('secret')], [500, false]);
  assert.ok(message.includes(String(members['reference'])));
  const [about] = told.mock.calls[0]?.arguments ?? [];
  assert.deepEqual(about, { err: thrown, reference: members['reference'] });
});

test('a program is answered with a problem document: what is wrong, by code and in words, and where', () => {
  const errors = [{ pointer: '/id', detail: 'It is taken.' }];
  const { status, headers, kind } = responseTo(new Invalid('No.', errors), PROGRAM);
  assert.deepEqual([status, headers['content-type'], kind], [422, 'application/problem+json', 'api']);
  assert.deepEqual(documentOf(new Invalid('No.', errors)), {
    type: 'urn:trellis:problem:invalid',
    title: 'Unprocessable Entity',
    status: 422,
    detail: 'No.',
    errors,
  });
  assert.deepEqual(documentOf(new Conflict('Late.', { members: { oid: 7 } }))['oid'], 7);
});

test('a sentence shows by its code what it hides, and keeps blanks, signs, tabs and ends of lines as they are', () => {
  const written = '"Prix\u00a0: 3\u202f€ ❤\ufe0f" has:\r\n\ttwo lines';
  const problem = new Invalid(`${written}\u202e`, [{ pointer: '/title', detail: `${written}\u200b` }]);
  const { detail, errors } = documentOf(problem);
  assert.equal(detail, `${written}[U+202E]`);
  assert.deepEqual(errors, [{ pointer: '/title', detail: `${written}[U+200B]` }]);
  assert.equal(failureOf(problem, true).detail, `${written}[U+202E]`);
});

test('no member of a problem takes the place of what a document has to say', () => {
  assert.equal(documentOf(new Conflict('Late.', { members: { status: 200, detail: 'Fine.' } }))['detail'], 'Late.');
});

test('what is wrong with the server is told to operators, and to others that something is', () => {
  const broken = new Unavailable('10.0.0.1 refuses.', { members: { server: '10.0.0.1' } });
  assert.deepEqual(
    [documentOf(broken, OPERATOR)['detail'], documentOf(broken, OPERATOR)['server']],
    ['10.0.0.1 refuses.', '10.0.0.1'],
  );
  assert.doesNotMatch(JSON.stringify(documentOf(broken)), /10\.0\.0\.1/);
  const forAll = new Unavailable('Come back.', { audience: 'anybody' });
  assert.equal(documentOf(forAll)['detail'], 'Come back.');
});

test('a refusal that passes says when, and one of a method says which there are', () => {
  const headersTo = (problem: Problem) => responseTo(problem, PROGRAM).headers;
  assert.equal(headersTo(new TooManyRequests('Slowly.', 30))['retry-after'], '30');
  assert.equal(headersTo(new MethodNotAllowed('PUT', ['GET', 'POST']))['allow'], 'GET, POST');
  assert.deepEqual(Object.keys(headersTo(new Forbidden('No.'))), ['content-type']);
});

test('a visitor gets a page in words for visitors, which nobody keeps', () => {
  const problem = new Forbidden("You need the permission 'Manage <properties>'.");
  const { status, headers, kind } = responseTo(problem, visitor());
  assert.deepEqual([status, kind, headers['cache-control']], [403, 'content', 'no-store']);
  assert.match(pageOf(problem, visitor()), /This is not open to you[^]*Go to the front page/);
  assert.doesNotMatch(pageOf(problem, visitor()), /permission/);
  const operators = pageOf(problem, { ...visitor(), isOperator: true });
  assert.match(operators, /You need the permission &#39;Manage &lt;properties&gt;&#39;\./);
});

test('the page of the site stands in place of the built-in one, with the status and headers of the failure', () => {
  const { status, headers, body } = responseTo(new TooManyRequests('Slowly.', 30), visitor(), '<p>Ours</p>');
  assert.deepEqual([status, headers['retry-after'], body], [429, '30', '<p>Ours</p>']);
});

test('a page leads on, the next step first: to try again, to sign in, or to the front page', () => {
  const links = (problem: Problem, reader: Recipient) =>
    [...pageOf(problem, reader).matchAll(/<a href="([^"]*)">([^<]*)</g)].map(([, href, label]) => `${label} ${href}`);
  const passing = new Unavailable('Later.');
  assert.deepEqual(links(passing, visitor()), ['Try again ', 'Go to the front page /']);
  assert.deepEqual(links(passing, visitor('/')), ['Try again ']);
  assert.deepEqual(links(passing, visitor('/shop', 'POST')), ['Go to the front page /']);
  assert.deepEqual(links(new NotFound('No.'), visitor()), ['Go to the front page /']);
  assert.deepEqual(links(new NotFound('No.'), visitor('/')), ['Sign in /manage']);
  assert.deepEqual(links(new NotSignedIn(), visitor()), ['Sign in /manage', 'Go to the front page /']);
  assert.deepEqual(links(new Forbidden('No.'), visitor()), [
    'Sign in as somebody else /manage',
    'Go to the front page /',
  ]);
  assert.deepEqual(links(new Misdirected('Elsewhere.'), visitor()), []);
});

test('a page tells what was written for visitors, when to try again, and the number of what was not expected', () => {
  assert.match(pageOf(new Misdirected('It is at shop.example.'), visitor()), /It is at shop\.example\./);
  assert.match(pageOf(new TooManyRequests('Slowly.', 30), visitor()), /Try again in 30 seconds\./);
  const problem = problemOf(new Error('x'), openLog('silent'));
  assert.match(pageOf(problem, visitor()), new RegExp(`give the number ${String(problem.members['reference'])}`));
});

test('a page of a site is told what it may tell, and an operator the sentence itself', () => {
  const problem = new TooManyRequests('Slowly.', 30);
  const { detail, ...told } = failureOf(problem, false);
  const message = 'Wait a little before you try again.';
  assert.deepEqual(told, { status: 429, title: 'Too many requests', message, retry_after: 30, reference: null });
  assert.deepEqual([detail, failureOf(problem, true).detail], [null, 'Slowly.']);
  assert.equal(failureOf(new Misdirected('It is at shop.example.'), true).detail, null);
});
