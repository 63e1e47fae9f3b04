import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckMessage } from '../../../../schema/endpoints/forms.ts';
import type { ObjectMessage } from '../../../../schema/endpoints/objects.ts';
import type { ProblemMessage } from '../../../../schema/problems.ts';
import { openTestInstallation, type TestInstallation } from '../../../testing.ts';

const PATH = '/api/browser_id_manager';
const SHOP = 'https://shop.example.org';
const ELSEWHERE = ' If visitors reach the site by another name, set TRELLIS_ORIGIN to that first.';

type Values = Readonly<Record<string, string | number | boolean>>;
type Refusal = readonly [values: Values, property: string, detail: string];

const OUR_DOMAINS = 'Use example.org or shop.example.org, or leave it empty.';
const OTHER_NAME = 'Choose a name without it: "__Host-" is put before it wherever that works.';

test('a setting with which browsers refuse the cookie is refused where it is changed, with what would be right', async () => {
  await using trellis = await openTestInstallation(undefined, '', { TRELLIS_ORIGIN: SHOP });
  const foreign = (domain: string) =>
    `'${domain}' is no domain of shop.example.org, where this site is reached: browsers refuse the cookie. ${OUR_DOMAINS}`;
  const suffix = (domain: string) =>
    `'${domain}' is a public suffix, below which anybody can have a name: browsers refuse a cookie for all of it. ${OUR_DOMAINS}`;
  const named = (prefix: string, what: string) =>
    `Browsers refuse a cookie whose name begins with "${prefix}" ${what}.`;
  await refusesAll(trellis, [
    [{ cookie_domain: 'example.com' }, 'cookie_domain', foreign('example.com')],
    [{ cookie_domain: 'p.example.org' }, 'cookie_domain', foreign('p.example.org')],
    [{ cookie_domain: '.shop.example.org.example.net' }, 'cookie_domain', foreign('shop.example.org.example.net')],
    [{ cookie_domain: 'co.uk' }, 'cookie_domain', suffix('co.uk')],
    [{ cookie_domain: '.GitHub.io' }, 'cookie_domain', suffix('github.io')],
    [
      { cookie_domain: 'zürich.example' },
      'cookie_domain',
      `Bad characters in cookie domain 'zürich.example'. Use xn--zrich-kva.example, or leave it empty.`,
    ],
    [
      { id_name: '__Host-sid', cookie_domain: 'example.org' },
      'cookie_domain',
      `${named('__Host-', 'and that has a domain')} Leave it empty.`,
    ],
    [
      { id_name: '__host-sid', cookie_path: '/a' },
      'cookie_path',
      `${named('__host-', 'and whose path is not "/"')} Use "/".`,
    ],
    [{ id_name: '__Secure-sid', secure: false }, 'secure', `${named('__Secure-', 'without Secure')} Tick it.`],
    [{ id_name: '__Http-sid', http_only: false }, 'http_only', `${named('__Http-', 'without HttpOnly')} Tick it.`],
    [
      { same_site: 'None', secure: false },
      'same_site',
      'Browsers require the "Secure" flag when setting SameSite to "None". Use Lax, or tick Secure.',
    ],
    [
      { partitioned: true, secure: false },
      'partitioned',
      'Browsers require the "Secure" flag for a partitioned cookie. Leave it unticked, or tick Secure.',
    ],
  ]);
  await takesAll(trellis, [
    { cookie_domain: 'example.org' },
    { cookie_domain: '.Shop.Example.org' },
    { cookie_domain: '', id_name: '__Host-sid' },
    { id_name: '__Secure-sid', cookie_domain: 'example.org', same_site: 'None', partitioned: true },
    { same_site: '', partitioned: false },
  ]);
  await refusesAll(trellis, [
    [{ secure: false }, 'secure', `${named('__Secure-', 'without Secure')} Tick it.`],
    [{ id_name: '__Host-sid' }, 'id_name', `${named('__Host-', 'and that has a domain')} ${OTHER_NAME}`],
  ]);
});

test('a domain has to hold at every address that the site has; where none is set, at that of who saves', async () => {
  await using trellis = await openTestInstallation();
  const refusals: readonly (readonly [origin: string, domain: string, detail: string])[] = [
    [
      'http://192.0.2.7:8080',
      'example.org',
      `This site is reached at 192.0.2.7, which is an address and no name: browsers keep no cookie with a domain there. Leave it empty.${ELSEWHERE}`,
    ],
    [
      'http://[2001:db8::7]',
      'example.org',
      `This site is reached at 2001:db8::7, which is an address and no name: browsers keep no cookie with a domain there. Leave it empty.${ELSEWHERE}`,
    ],
    [
      'http://intranet',
      'example.org',
      `'example.org' is no domain of intranet, where this site is reached: browsers refuse the cookie. Leave it empty.${ELSEWHERE}`,
    ],
  ];
  for (const [origin, cookie_domain, detail] of refusals) {
    const refused = await trellis.ask('PATCH', PATH, { origin, body: { properties: { cookie_domain } } });
    assert.deepEqual(refused.json<ProblemMessage>().errors, [{ pointer: '/properties/cookie_domain', detail }], origin);
  }
  const body = { properties: { cookie_domain: 'example.org' } };
  assert.equal((await trellis.ask('PATCH', PATH, { origin: SHOP, body })).status, 200);
});

test('of several addresses each has to be in the domain', async () => {
  const origins = 'https://shop.example.org,https://www.example.org,https://shop.example.com';
  await using trellis = await openTestInstallation(undefined, '', { TRELLIS_ORIGIN: origins });
  await refusesAll(trellis, [
    [
      { cookie_domain: 'example.org' },
      'cookie_domain',
      "'example.org' is no domain of shop.example.com, where this site is reached: browsers refuse the cookie. Leave it empty.",
    ],
  ]);
});

test('by plain http nothing is saved that needs https', async () => {
  const origin = 'http://intranet.example:8080';
  await using trellis = await openTestInstallation(undefined, '', { TRELLIS_ORIGIN: origin });
  const httpsAlone = (subject: string, instead: string) =>
    `Browsers keep ${subject} by https alone, and this site is reached at ${origin}. ${instead}, or set TRELLIS_ORIGIN to the https address.`;
  await refusesAll(trellis, [
    [{ same_site: 'None' }, 'same_site', httpsAlone('a cookie with SameSite=None', 'Use Lax')],
    [{ partitioned: true }, 'partitioned', httpsAlone('a partitioned cookie', 'Leave it unticked')],
    [
      { id_name: '__Host-sid' },
      'id_name',
      `Browsers refuse a cookie whose name begins with "__Host-" by plain http, where it cannot be Secure. ${OTHER_NAME}`,
    ],
  ]);
});

test('what was saved before it was judged is said at the object, and keeps nobody from changing something else', async () => {
  await using trellis = await openTestInstallation();
  const body = { properties: { cookie_domain: 'example.org', same_site: 'None' } };
  assert.equal((await trellis.ask('PATCH', PATH, { origin: SHOP, body })).status, 200);

  const { warnings } = (await trellis.ask('GET', PATH)).json<ObjectMessage>();
  assert.deepEqual(warnings, [
    {
      severity: 'danger',
      text: `This site is reached at 127.0.0.1, which is an address and no name: browsers keep no cookie with a domain there. Leave it empty.${ELSEWHERE}`,
      short: 'Browsers refuse its cookie',
    },
  ]);
  assert.equal((await trellis.ask('PATCH', PATH, { body: { properties: { cookie_days: 3 } } })).status, 200);
});

test('where Secure is wanted and the site is http, its tab and the log say so in one sentence', async () => {
  await using trellis = await openTestInstallation();
  const at = async (origin: string) => (await trellis.ask('GET', PATH, { origin })).json<ObjectMessage>().warnings;
  assert.deepEqual(await at('http://127.0.0.1:8080'), []);
  assert.deepEqual(await at('https://intranet'), []);
  assert.deepEqual(await at('http://intranet'), [
    {
      severity: 'warning',
      text: 'Cookie sent without Secure: this request is http. Behind a TLS proxy? Set TRELLIS_ORIGIN and TRELLIS_TRUST_PROXY. (This site is reached at http://intranet.)',
      short: 'Cookie without Secure',
    },
  ]);
  await trellis.ask('PATCH', PATH, { body: { properties: { secure: false } } });
  assert.deepEqual(await at('http://intranet'), []);
});

test('where an http address is configured it is named, and the setting that says so', async () => {
  const origins = 'https://shop.example,http://intranet.example:8080';
  await using trellis = await openTestInstallation(undefined, '', { TRELLIS_ORIGIN: origins });
  const { warnings } = (await trellis.ask('GET', PATH)).json<ObjectMessage>();
  assert.deepEqual(warnings, [
    {
      severity: 'warning',
      text: 'Cookie sent without Secure: TRELLIS_ORIGIN names http://intranet.example:8080. If visitors come by https, name that address there.',
      short: 'Cookie without Secure',
    },
  ]);
});

async function refusesAll(trellis: TestInstallation, refusals: readonly Refusal[]): Promise<void> {
  for (const [values, property, detail] of refusals) {
    const errors = [{ pointer: `/properties/${property}`, detail }];
    const refused = await trellis.ask('PATCH', PATH, { body: { properties: values } });
    assert.equal(refused.status, 422, JSON.stringify(values));
    assert.deepEqual(refused.json<ProblemMessage>().errors, errors);
    // As the form asks while one types: with every field.
    const { properties } = (await trellis.ask('GET', PATH)).json<ObjectMessage>();
    const live = await trellis.ask('POST', `${PATH}/@check`, { body: { properties: { ...properties, ...values } } });
    assert.deepEqual(live.json<CheckMessage>().errors, errors);
  }
}

async function takesAll(trellis: TestInstallation, all: readonly Values[]): Promise<void> {
  for (const properties of all) {
    const taken = await trellis.ask('PATCH', PATH, { body: { properties } });
    assert.equal(taken.status, 200, `${JSON.stringify(properties)}: ${taken.text}`);
  }
}
