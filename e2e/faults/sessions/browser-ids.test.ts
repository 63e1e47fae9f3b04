import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { several, sized } from '../../support/figures.ts';
import { startMemcached } from '../../support/memcached/memcached.ts';
import { ADMIN_PASSWORD, type TestServer } from '../../support/server.ts';
import { shiftClocks, startSite, startSteppedServer } from '../../support/sessions-site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cookieNamesOf } from '../../support/cookie-names.ts';
import { administer, resultOf, resultsOf, Visitor } from '../../support/applications/visitor.ts';

const folder = await temporaryFolder();
const data = folder.path;
const memcached = await startMemcached();
const servers = [memcached.address];
const one = await startSite({ servers }, { data });
const other = await startSteppedServer({ data });
const stranger = await startSite({ servers });
after(async () => {
  await Promise.all([one.stop(), other.stop(), stranger[Symbol.asyncDispose](), memcached.kill()]);
  await folder[Symbol.asyncDispose]();
});

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

test('no browser id is adopted that was not signed here, wherever it comes from', async (t) => {
  const victim = await visitorWith(one, 'set secret "mine"');
  const idName = cookieNamesOf(one).browserId;
  const foreign = (await visitorWith(stranger, 'set n 1')).browserId;
  const forged = forgeries(victim.browserId, foreign, sized(1_000, 10_000));
  let adopted = 0;
  let read = 0;
  await several(forged.length, 10, async (index) => {
    const text = forged[index]!;
    assert.notEqual(text, victim.browserId);
    const visitor = new Visitor(one, [[idName, text]]);
    const answer = await visitor.visit('/page', 'get secret', 'set n 1');
    // A header that HTTP itself does not allow is refused before anybody looks at cookies.
    if (answer.status === 400) return;
    if (resultsOf(answer)[0] !== null) read += 1;
    const [, given = ''] = /browser_id_\w+=([^;]*)/.exec(String(answer.headers['set-cookie'])) ?? [];
    if (given === '' || given.slice(0, 43) === text.slice(0, 43)) adopted += 1;
  });
  t.diagnostic(`${forged.length} forged, altered and foreign ids: ${adopted} adopted, ${read} sessions read by them`);
  assert.deepEqual({ adopted, read }, { adopted: 0, read: 0 });
});

test('a browser id is taken from its cookie alone', async () => {
  const victim = await visitorWith(one, 'set secret "mine"');
  const id = victim.browserId;
  const nobody = new Visitor(one);
  const steps = 'do=get%20secret&do=new';
  for (const name of ['browser_id', cookieNamesOf(one).browserId, '_ZopeId', 'SESSION']) {
    const byUrl = await nobody.ask(`/page?${steps}&${name}=${id}`);
    const byPath = await nobody.ask(`/page;${name}=${id}?${steps}`);
    const byHeader = await nobody.ask(`/page?${steps}`, { headers: { [name]: id, 'x-browser-id': id } });
    assert.deepEqual(resultsOf(byUrl), [null, true]);
    assert.deepEqual(resultsOf(byHeader), [null, true]);
    assert.equal(byPath.status, 404);
    const byBody = await nobody.ask('/api/page/@steps', { body: { steps: ['get secret'], [name]: id } });
    assert.equal(byBody.status, 400);
  }
  const otherName = new Visitor(one, [['browser_id', id]]);
  assert.deepEqual(resultsOf(await otherName.visit('/page', 'get secret', 'new')), [null, true]);
});

test('an id whose session was ended is given up, and nothing is found or stored under it', async (t) => {
  const count = sized(50, 500);
  await several(count, 10, async () => {
    const visitor = await visitorWith(one, 'set n 1');
    const old = visitor.browserId;
    assert.equal((await visitor.visit('/page', 'invalidate')).status, 200);
    for (const site of [one, other]) {
      const again = new Visitor(site, [[cookieNamesOf(site).browserId, old]]);
      assert.deepEqual(resultsOf(await again.visit('/page', 'get n', 'set n 2')), [null, null]);
      assert.notEqual(again.browserId, old);
    }
  });
  t.diagnostic(`${count} ended ids: 0 used again`);
});

test('signing in gives the browser another id, and the old one reads nothing after ten seconds, at any process', async (t) => {
  const count = sized(20, 1_000);
  const olds: string[] = [];
  await several(count, 2, async (index) => {
    const visitor = await visitorWith(one, `set n ${index}`);
    const old = visitor.browserId;
    assert.equal((await visitor.signIn('admin', ADMIN_PASSWORD)).status, 200);
    assert.notEqual(visitor.browserId, old);
    assert.notEqual(visitor.browserId, '');
    assert.equal(resultOf(await visitor.copy(other).visit('/page', 'get n')), index);
    olds.push(old);
  });
  assert.equal(new Set(olds).size, count);
  await shiftClocks([one, other], 11_000);
  let alive = 0;
  await several(count, 10, async (index) => {
    for (const site of [one, other]) {
      const thief = new Visitor(site, [[cookieNamesOf(site).browserId, olds[index]!]]);
      if (resultOf(await thief.visit('/page', 'get n')) !== null) alive += 1;
    }
  });
  await shiftClocks([one, other], -11_000);
  t.diagnostic(`${count} sign-ins: the id changed ${count} times; ${alive} old ids read anything afterwards`);
  assert.equal(alive, 0);
});

test('a new password ends every login of its user at the next request, at every process', async (t) => {
  const count = sized(10, 100);
  const body = { name: 'ada', password: 'a password of hers', roles: ['Manager'] };
  await administer(one.port, '/api/acl_users/@users', { body });
  const logins = Array.from({ length: count }, (_, index) => new Visitor(index % 2 === 0 ? one : other));
  await several(count, 2, async (index) => {
    assert.equal((await logins[index]!.signIn('ada', body.password)).status, 200);
  });
  for (const login of logins) assert.equal(await login.user(), 'ada');
  const changed = { method: 'PATCH', body: { password: 'another one of hers' } };
  await administer(one.port, '/api/acl_users/@users/ada', changed);
  let alive = 0;
  for (const login of logins) {
    for (const site of [one, other]) {
      const copy = login.copy(site);
      if ((await copy.user()) !== null || (await copy.ask('/api/mcproxy')).status !== 401) alive += 1;
    }
  }
  t.diagnostic(`${count} logins of one user: ${alive} alive after the new password`);
  assert.equal(alive, 0);
  assert.equal((await new Visitor(one).signIn('ada', body.password)).status, 401);
});

test('who is removed is signed out everywhere at the next request, at every process', async (t) => {
  const count = sized(20, 100);
  const body = { name: 'ben', password: 'a password of his', roles: ['Manager'] };
  await administer(one.port, '/api/acl_users/@users', { body });
  const logins = Array.from({ length: count }, (_, index) => new Visitor(index % 2 === 0 ? one : other));
  await several(count, 2, async (index) => {
    assert.equal((await logins[index]!.signIn('ben', body.password)).status, 200);
  });
  for (const login of logins) assert.equal(await login.user(), 'ben');
  await administer(other.port, '/api/acl_users/@users/ben', { method: 'DELETE' });
  const answers = await Promise.all(
    logins.flatMap((login) => [one, other].map((site) => login.copy(site).ask('/api/mcproxy'))),
  );
  const alive = answers.filter(({ status }) => status !== 401).length;
  t.diagnostic(`${count} logins of one user, who was removed: ${alive} alive at their next request`);
  assert.equal(alive, 0);
  await administer(one.port, '/api/acl_users/@users', { body });
  for (const login of logins.slice(0, 5)) assert.equal(await login.user(), null, 'another user of the same name');
});

test('a new secret logs nobody out while the old one is kept, and everybody who has an old cookie once it is dropped', async (t) => {
  const count = sized(50, 500);
  const [oldSecret, newSecret] = [secret(), secret()];
  await using folder = await temporaryFolder();
  const withSecrets = (...secrets: string[]) => ({
    data: folder.path,
    environment: { TRELLIS_SECRETS: secrets.join(',') },
  });
  await using first = await startSite({ servers }, withSecrets(oldSecret));
  const visitors = await Promise.all(Array.from({ length: count }, (_, index) => visitorWith(first, `set n ${index}`)));
  await first.stop();

  const reading = async (site: TestServer) => {
    const seen = visitors.map(async (visitor) => resultOf(await visitor.copy(site).visit('/page', 'get n')));
    return (await Promise.all(seen)).filter((value, index) => value === index).length;
  };
  for (const secrets of [
    [oldSecret, newSecret],
    [newSecret, oldSecret],
  ]) {
    await using site = await startSteppedServer(withSecrets(...secrets));
    assert.equal(await reading(site), count);
  }
  await using last = await startSteppedServer(withSecrets(newSecret));
  const left = await reading(last);
  t.diagnostic(`${count} sessions: 0 logouts while both secrets are known; ${left} old cookies accepted afterwards`);
  assert.equal(left, 0);
});

function forgeries(known: string, foreign: string, count: number): readonly string[] {
  const [id = '', signature = ''] = known.split('.');
  const text = (bytes: number) => randomBytes(bytes).toString('base64url');
  const fixed = [
    foreign,
    id,
    `${id}.`,
    `.${signature}`,
    `${id}.${foreign.slice(44)}`,
    `${foreign.slice(0, 43)}.${signature}`,
    `${signature}.${id}`,
    `${known}=`,
    `${known}A`,
    `${known}.${signature}`,
    `"${known}"x`,
    known.toLowerCase(),
    known.toUpperCase(),
    known.slice(1),
    known.slice(0, -1),
    `${id}.${'A'.repeat(43)}`,
    `${id}.${createHmac('sha256', '').update(id).digest('base64url')}`,
    '12345678A1bC2dE3fG4',
    'null',
    '__proto__',
    'x'.repeat(4_000),
    encodeURIComponent(`${id}:${signature}`),
  ].filter((each) => each !== known);
  const altered = Array.from({ length: known.length }, (_, at) => replaceAt(known, at));
  const made = Array.from({ length: Math.max(0, count - fixed.length - altered.length) }, (_, index) =>
    index % 2 === 0 ? `${text(32)}.${text(32)}` : replaceAt(replaceAt(known, index % 87), (index * 7) % 87),
  );
  return [...fixed, ...altered, ...made].filter((each) => each !== known);
}

/** Another letter at one place. */
function replaceAt(text: string, at: number): string {
  const others = LETTERS.split('').filter((letter) => letter !== text[at]);
  const letter = others[Math.floor(Math.random() * others.length)] ?? 'A';
  return text.slice(0, at) + letter + text.slice(at + 1);
}

async function visitorWith(site: TestServer, step: string): Promise<Visitor> {
  const visitor = new Visitor(site);
  assert.equal((await visitor.visit('/page', step)).status, 200);
  return visitor;
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}
