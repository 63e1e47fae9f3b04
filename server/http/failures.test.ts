import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Forbidden, Misdirected, NotFound, NotSignedIn, StorageUnreachable, Unavailable } from '../base/errors.ts';
import { openLog } from '../base/log.ts';
import { typeNamed } from '../objects/testing.ts';
import { FAILURE_PAGE, SHOWS_FAILURES, type ShowFailure } from '../publisher/failure-page.ts';
import { openTestPublisher, requestOf, textOf } from '../publisher/testing.ts';
import { Failures, type Failed } from './failures.ts';

/** What answers failures of a site with a page about them, and the log that it tells. */
async function openFailures(show: ShowFailure = async (_, { message }) => `Ours: ${message}`) {
  const page = typeNamed('Page', { provides: [SHOWS_FAILURES.by(() => show)] });
  const { tree, publisher } = await openTestPublisher([page]);
  await tree.change(async (connection) => connection.add(await connection.root(), { type: 'Page', id: FAILURE_PAGE }));
  const log = openLog('silent');
  const told = { warn: mock.method(log, 'warn').mock, error: mock.method(log, 'error').mock };
  const failures = new Failures(publisher, log);
  const answer = (error: unknown, about: Partial<Failed> = {}, as = 'bob') => {
    const head = requestOf('GET', '/shop', { headers: { authorization: as } });
    return failures.answer({ error, method: 'GET', path: '/shop', head, wantsPage: true, isContent: true, ...about });
  };
  return { answer, told };
}

test('of published content the site’s own page is shown; of anything else, and to programs, never', async () => {
  const { answer } = await openFailures();
  assert.match(await textOf(await answer(new NotFound('No.'))), /^Ours: It may have been moved/);
  assert.match(await textOf(await answer(new NotFound('No.'), { isContent: false })), /^<!doctype html>/);
  assert.match(await textOf(await answer(new NotFound('No.'), { wantsPage: false })), /^\{/);
});

test('a request that cannot be read is answered too, by the page that needs nothing', async () => {
  const { answer } = await openFailures();
  assert.match(await textOf(await answer(new Misdirected('Elsewhere.'), { head: undefined })), /^<!doctype html>/);
});

test('where the site’s page fails, visitors see the one of the server, and the log is told once', async () => {
  const { answer, told } = await openFailures(async () => Promise.reject(new Error('The moon is full.')));
  for (const round of [1, 2]) {
    assert.match(await textOf(await answer(new NotFound('No.'))), /^<!doctype html>/, String(round));
  }
  assert.deepEqual(
    told.warn.calls.map(({ arguments: [about] }) => about),
    [{ path: '/shop', reason: 'The moon is full.', alsoSince: 0 }],
  );
});

test('whoever may view management screens is told why; not who was refused, since to look again would be another try', async () => {
  const { answer } = await openFailures(async (_, { detail }) => String(detail));
  const told = async (error: Error, as: string) => textOf(await answer(error, {}, as));
  assert.equal(await told(new Forbidden('The reason.'), 'ann'), 'The reason.');
  assert.equal(await told(new Forbidden('The reason.'), 'bob'), 'null');
  assert.equal(await told(new NotSignedIn('The reason.'), 'ann'), 'null');
});

test('the log is told what is wrong here, once a minute; of what a request did wrong nothing', async () => {
  const { answer, told } = await openFailures();
  for (const error of [new NotFound('No.'), new Unavailable('Come back.', { audience: 'anybody' })])
    await answer(error);
  assert.deepEqual([told.warn.callCount(), told.error.callCount()], [0, 0]);
  for (const reason of ['One is down.', 'One is down.', 'Two is down.']) await answer(new Unavailable(reason));
  for (const host of ['a', 'b']) await answer(new Misdirected(host));
  assert.equal(told.warn.callCount(), 3);
  await answer(new StorageUnreachable('The data file', new Error('EIO: broken')));
  assert.equal(told.error.callCount(), 1);
});

test('what nobody threw on purpose is in the log each time, by the number that the page tells', async () => {
  const { answer, told } = await openFailures(async (_, { reference }) => String(reference));
  const numbers = [await textOf(await answer(new TypeError('x'))), await textOf(await answer(new TypeError('x')))];
  const inLog = told.error.calls.map(({ arguments: [about] }) => (about as { reference?: string }).reference);
  assert.deepEqual(inLog, numbers);
});
