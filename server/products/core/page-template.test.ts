import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckMessage } from '../../../schema/endpoints/forms.ts';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import type { PreviewMessage } from '../../../schema/endpoints/templates.ts';
import { openTestInstallation, type Answer, type TestInstallation } from '../../testing.ts';

interface Planted {
  readonly type?: string;
  readonly title?: string;
  readonly text?: string;
  readonly values?: readonly string[];
}

/** An installation with these objects, by path, parents first. */
async function site(objects: Readonly<Record<string, Planted>>): Promise<TestInstallation> {
  const trellis = await openTestInstallation();
  for (const [path, { type = 'Page Template', title = '', text, values }] of Object.entries(objects)) {
    const at = path.lastIndexOf('/');
    const properties = { ...(text === undefined ? {} : { text }), ...(values === undefined ? {} : { values }) };
    const body = { type, id: path.slice(at + 1), title, properties };
    const answer = await trellis.ask('POST', `/api${path.slice(0, at)}`, { body });
    assert.equal(answer.status, 201, answer.text);
  }
  return trellis;
}

/** What a page of this text is for somebody. */
async function pageOf(text: string, as: string | null = null): Promise<string> {
  await using trellis = await site({ '/page': { title: 'A page', text } });
  const answer = await trellis.ask('GET', '/page?q=quiet&q=loud', { as });
  assert.equal(answer.status, 200, answer.text);
  return answer.text;
}

const visit = (trellis: TestInstallation, path: string, cookie?: string): Promise<Answer> =>
  trellis.ask('GET', path, { as: null, ...(cookie === undefined ? {} : { cookie }) });

test('a template sees what it is called on, its container, the root, the request and who asks', async () => {
  assert.equal(
    await pageOf('{{ here.title }} {{ here.path }} {{ here.url }} {{ here.type }}'),
    'A page /page /page Page Template',
  );
  assert.equal(
    await pageOf('{{ container.path }} {{ root.path }} {{ template.id }} {{ here.container.path }}'),
    '/ / page /',
  );
  assert.equal(
    await pageOf('{{ request.method }} {{ request.path }} {{ request.query.q }} {{ request.query.no }}'),
    'GET /page quiet ',
  );
  assert.equal(await pageOf('{% if user %}somebody{% else %}nobody{% endif %}'), 'nobody');
  assert.equal(
    await pageOf('{{ user.name }}: {{ user.roles | join: ", " }}', 'admin'),
    'admin: Manager, Authenticated, Anonymous, Owner',
  );
});

test('what is printed is escaped, and nothing turns that off', async () => {
  const text = '{% assign x = "<b>&" %}{{ x }}{% echo x %}{% capture y %}{{ x }}{% endcapture %}{{ y }}{% cycle x %}';
  assert.equal(await pageOf(text), '&lt;b&gt;&amp;'.repeat(4));
  await using trellis = await site({});
  const body = { type: 'Page Template', id: 'raw', properties: { text: '{{ here.title | raw }}' } };
  assert.match((await trellis.ask('POST', '/api', { body })).text, /Line 1: Undefined filter: raw\./);
});

test('a page without a tag of Liquid is sent as it is', async () => {
  const text = '<!doctype html><p>{ {not} } % } "%}" 100 %</p>';
  assert.equal(await pageOf(text), text);
});

test('a folder lists what it contains, in pages', async () => {
  const items = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((id) => [`/shop/${id}`, { title: `Title ${id}`, text: 'x', values: [`price: ${id}1`] }]),
  );
  await using trellis = await site({
    '/shop': { type: 'Folder', title: 'Shop' },
    ...items,
    '/shop/index_html': {
      text: '{% for item in here.children %}{{ item.title }}={{ item.values.price }};{% endfor %}',
    },
    '/page': {
      text: `{% assign shop = objects["/shop"] %}{{ shop | children: limit: 2, offset: 1, order: "desc" | map: "id" | join }}
{{ shop.children | where: "id", "b" | map: "url" | join }} {{ shop.children.first.container.title }}`,
    },
  });
  assert.equal((await visit(trellis, '/shop')).text, 'Title a=a1;Title b=b1;Title c=c1;Title d=d1;=;');
  assert.equal((await visit(trellis, '/page')).text, 'd c\n/shop/b Shop');
});

test('a listing counts only by what is a number, and says which option there is not', async () => {
  const listing = (options: string) => ({ text: `{{ container | children: ${options} | map: "id" | join }}` });
  await using trellis = await site({
    '/shop': { type: 'Folder' },
    ...Object.fromEntries(['a', 'b', 'c'].map((id) => [`/shop/${id}`, { text: 'x' }])),
    '/shop/page': listing('limit: request.query.limit, offset: request.query.offset'),
    '/shop/page_misspelt': listing('limt: 2'),
    '/shop/page_order': listing('order: "down"'),
    '/shop/page_sort': listing('sort: "price"'),
  });
  const shown = async (query: string) => (await visit(trellis, `/shop/page?${query}`)).text.replace(/ page.*/, '');
  assert.equal(await shown('limit=2'), 'a b');
  assert.equal(await shown('limit=2.0&offset=1'), 'b c');
  for (const none of ['', '1e0', '0x1', 'one', '-1', '1.5']) assert.equal(await shown(`limit=${none}`), 'a b c', none);
  const faults: readonly (readonly [path: string, words: string])[] = [
    ['/shop/page_misspelt', "'limt' is nothing to list by. Use limit, offset, sort, order."],
    ['/shop/page_order', "'down' is no order. Use asc, desc."],
    ['/shop/page_sort', "'price' is no sort. Use id, title, type, modified."],
  ];
  for (const [path, words] of faults) {
    assert.ok((await trellis.ask('GET', path)).text.includes(words), path);
  }
});

test('a template sees of a picture what a page needs to show it', async () => {
  await using trellis = await site({
    '/page': {
      text: '{% assign p = objects["/dot"] %}{{ p.url }} {{ p.content_type }} {{ p.size }} {{ p.width }}×{{ p.height }}',
    },
  });
  const gif = Buffer.from('R0lGODlhAQACAIAAAAAAAP///yH5BAAAAAAALAAAAAABAAIAAAICRAoAOw==', 'base64');
  const { status, text } = await trellis.ask('POST', '/api/@upload?id=dot&name=dot.gif', { bytes: gif });
  assert.equal(status, 201, text);
  assert.equal((await visit(trellis, '/page')).text, `/dot image/gif ${gif.length} 1×2`);
});

test('a template includes others by path, from its own folder or from the root', async () => {
  await using trellis = await site({
    '/parts': { type: 'Folder' },
    '/parts/inner': { text: 'inner of {{ here.id }} at {{ template.path }}' },
    '/parts/outer': { text: '{% render "inner" %}{% render "/parts/note", words: word %}' },
    '/parts/note': { text: '({{ words }}{{ word }})' },
    '/parts/main': { text: '<main>{% block content %}{% endblock %}</main>' },
    '/page': {
      text: '{% layout "parts/main" %}{% block content %}{% assign word = "w" %}{% include "parts/outer" %}{% endblock %}',
    },
    '/lost': { text: 'a\n{% render "no/such" %}' },
  });
  assert.equal((await visit(trellis, '/page')).text, '<main>inner of page at /page(w)</main>');
  const lost = await trellis.ask('GET', '/lost');
  assert.equal(lost.status, 500);
  assert.match(lost.text, /'\/lost', line 2: There is no page template '\/no\/such'\./);
});

test('a template that cannot be rendered tells whoever may mend it where, and visitors that it is not their fault', async () => {
  await using trellis = await site({
    '/page': {
      text: 'a\n\n{{ "x" | date: "%600000d" | append: here.title }}{% for i in (1..600000) %}{{ i }}{% endfor %}',
    },
  });
  const [forEditor, forVisitor] = [await trellis.ask('GET', '/page'), await visit(trellis, '/page')];
  assert.deepEqual([forEditor.status, forVisitor.status], [500, 500]);
  assert.match(forEditor.text, /'\/page', line 3: It takes more than a page may: a value of 500,000 characters\./);
  assert.match(forVisitor.text, /This is no fault of yours/);
  assert.doesNotMatch(forVisitor.text, /line|steps/);
});

test('amounts and dates are written in the language and time zone of the page, its folder or the root, from the next request on', async () => {
  const text =
    '{{ language }} {{ 6.4 | money: "EUR" }} {{ "2026-11-30T23:30:00Z" | date: "%-d. %B %H:%M" }} {{ "2026-11-30" | date: "%d" }}';
  await using trellis = await site({
    '/shop': { type: 'Folder' },
    '/shop/page': { text },
    '/shop/index_html': { text },
    '/page': { text },
  });
  const set = async (path: string, properties: Readonly<Record<string, string>>) =>
    (await trellis.ask('PATCH', `/api${path}`, { body: { properties } })).status;
  const shown = async (path: string) => (await visit(trellis, path)).text.replaceAll('\u00a0', ' ');
  assert.equal(await shown('/shop/page'), 'en €6.40 30. November 23:30 30');
  assert.equal(await set('/shop', { language: 'de', time_zone: 'Europe/Berlin' }), 200);
  for (const path of ['/shop/page', '/shop']) assert.equal(await shown(path), 'de 6,40 € 1. Dezember 00:30 30', path);
  assert.equal(await shown('/page'), 'en €6.40 30. November 23:30 30');
  assert.equal(await set('/', { language: 'fr', time_zone: 'America/Los_Angeles' }), 200);
  assert.equal(await set('/shop/page', { language: 'en-GB' }), 200);
  assert.equal(await shown('/page'), 'fr 6,40 € 30. novembre 15:30 30');
  assert.equal(await shown('/shop/page'), 'en-GB €6.40 1. December 00:30 30');
});

test('a language and a time zone that there are not are refused with what would be right', async () => {
  await using trellis = await site({ '/shop': { type: 'Folder' } });
  const body = { properties: { language: 'klingon', time_zone: 'Berlin' } };
  const { status, text } = await trellis.ask('PATCH', '/api/shop', { body });
  assert.equal(status, 422);
  assert.match(text, /'klingon' is no language that pages can be written in\. Use its code, such as en, de or fr-CH\./);
  assert.match(text, /'Berlin' is no time zone\. Use one such as Europe\/Zurich or UTC\./);
});

test('what is no number is said with its line to whoever may edit the page; visitors read that it is not their fault', async () => {
  await using trellis = await site({
    '/apple': { text: 'x', values: ['price: 3,50'] },
    '/page': { text: 'one\n{{ objects["/apple"].values.price | times: 2 }}' },
  });
  const forEditor = await trellis.ask('GET', '/page');
  assert.equal(forEditor.status, 500);
  assert.match(forEditor.text, /'\/page', line 2: .*3,50.* is not a number\. Write 3\.50\./);
  const forVisitor = await visit(trellis, '/page');
  assert.equal(forVisitor.status, 500);
  assert.doesNotMatch(forVisitor.text, /3,50|number|line/);
  const body = { properties: { values: ['price: 3.50'] } };
  assert.equal((await trellis.ask('PATCH', '/api/apple', { body })).status, 200);
  assert.equal((await visit(trellis, '/page')).text, 'one\n7');
});

test('a template reads and changes the visitor’s session; a page that does not has nothing to do with it', async () => {
  const text =
    '{{ session.cart | join: "," }}{% assign cart = session.cart | push: request.query.add %}{% session cart = cart %}';
  await using trellis = await site({
    '/page': { text },
    '/plain': { text: '{{ here.id }}' },
    '/empty': { text: '{% session cart = nil %}{{ session.cart | size }}' },
  });
  const plain = await visit(trellis, '/plain');
  assert.deepEqual([plain.cookies, plain.headers['cache-control']], [[], undefined]);
  const first = await visit(trellis, '/page?add=apple');
  assert.equal(first.headers['cache-control'], 'no-store');
  const cookie = first.cookies[0]?.split(';')[0] ?? '';
  assert.equal((await visit(trellis, '/page?add=%3Cb%3E', cookie)).text, 'apple');
  assert.equal((await visit(trellis, '/page?add=pear', cookie)).text, 'apple,&lt;b&gt;');
  assert.equal((await visit(trellis, '/empty', cookie)).text, '0');
  assert.equal((await visit(trellis, '/page?add=plum', cookie)).text, '');
});

test('a page finds the session under the name that the nearest session data manager says, and under no other', async () => {
  const look = '[{{ SESSION.cart }}][{{ BASKET.cart }}][{{ session.cart }}]';
  await using trellis = await site({
    '/shop': { type: 'Folder' },
    '/fill': { text: '{% session cart = "pear" %}' },
    '/look': { text: look },
    '/shop/look': { text: '{% render "/look" %}' },
  });
  const name = (path: string, request_name: string) =>
    trellis.ask('PATCH', `/api${path}`, { body: { properties: { request_name } } });
  const cookie = (await visit(trellis, '/fill')).cookies[0]?.split(';')[0] ?? '';
  const seen = async (path: string) => (await visit(trellis, path, cookie)).text;
  assert.equal(await seen('/look'), '[pear][][pear]');

  const properties = { container_path: '/temp_folder/session_data', request_name: 'BASKET' };
  const near = { type: 'Session Data Manager', id: 'near', properties };
  assert.equal((await trellis.ask('POST', '/api/shop', { body: near })).status, 201);
  assert.equal(await seen('/shop/look'), '[][pear][pear]', 'the nearer manager');
  assert.equal(await seen('/look'), '[pear][][pear]');

  assert.equal((await name('/session_data_manager', 'BASKET')).status, 200);
  assert.equal(await seen('/look'), '[][pear][pear]');
  const preview = await trellis.ask('POST', '/api/look/@preview', { body: { text: look }, cookie });
  assert.equal(preview.json<PreviewMessage>().body, '[][pear][pear]');

  const refused = await name('/session_data_manager', 'here');
  assert.equal(refused.status, 422);
  assert.match(refused.text, /Pages have a name 'here' already/);
  assert.equal(await seen('/look'), '[][pear][pear]');
  const check = await trellis.ask('POST', '/api/look/@check', { body: { properties: { text: look } } });
  assert.equal(check.json<CheckMessage>().fields['text']?.sessionName, 'BASKET', 'the editor offers it');
});

test('without a session data manager a page that reads its session is told so under the usual name, too', async () => {
  await using trellis = await site({ '/look': { text: '[{{ SESSION.cart }}]' }, '/other': { text: '[{{ other }}]' } });
  assert.equal((await trellis.ask('DELETE', '/api/session_data_manager')).status, 204);
  const { status, text } = await trellis.ask('GET', '/look');
  assert.equal(status, 503);
  assert.match(text, /There is no Session Data Manager here or further up/);
  assert.equal((await visit(trellis, '/other')).text, '[]');
});

test('a name that pages have, set for the session before that was judged, is warned of and hides nothing', async () => {
  await using trellis = await site({ '/look': { title: 'Page', text: '{{ here.title }}{{ session.cart }}' } });
  const tree = await trellis.database.open(null);
  tree.change(await tree.get('/session_data_manager'), { properties: { request_name: 'here' } });
  await tree.commit('Changed before the rule was there');
  assert.equal((await visit(trellis, '/look')).text, 'Page');
  const { warnings } = (await trellis.ask('GET', '/api/session_data_manager')).json<ObjectMessage>();
  assert.deepEqual(
    warnings.map(({ text, short }) => [text, short]),
    [
      [
        "Pages have a name 'here' already, so they could not find the session under it. Use another, such as SESSION.",
        'Pages cannot use its request_name',
      ],
    ],
  );
});

test('a page that fails stores nothing in the session', async () => {
  await using trellis = await site({
    '/page': { text: '{% session cart = "full" %}{% render "no such" %}' },
    '/look': { text: '[{{ session.cart }}]{% session seen = true %}' },
  });
  const cookie = (await visit(trellis, '/look')).cookies[0]?.split(';')[0] ?? '';
  assert.equal((await visit(trellis, '/page', cookie)).status, 500);
  assert.equal((await visit(trellis, '/look', cookie)).text, '[]');
});

test('what a session may not keep is refused, and what others keep there is shown as data', async () => {
  await using trellis = await site({
    '/page': {
      text: '{% session thing = here.path %}{{ session.thing }} {{ session.__proto__ }}{{ session.constructor }}',
    },
    '/nested': { text: '{% assign a = nil | push: "x" %}{% session list = a %}{{ session.list | json }}' },
  });
  assert.equal((await visit(trellis, '/page')).text, '/page ');
  assert.equal((await visit(trellis, '/nested')).text, '[&#34;x&#34;]');
});

test('a form that is sent to a page or its folder reaches the template, which may send the visitor elsewhere', async () => {
  await using trellis = await site({
    '/shop': { type: 'Folder' },
    '/shop/index_html': {
      text: '{% if request.method == "POST" %}{% session name = request.form.name %}{% redirect "/shop?sent=1#end" %}{% endif %}{{ session.name }}',
    },
  });
  for (const path of ['/shop', '/shop/index_html']) {
    const sent = await trellis.ask('POST', path, { as: null, form: { name: 'Ada' } });
    assert.deepEqual([sent.status, sent.headers['location'], sent.text], [303, '/shop?sent=1#end', '']);
    assert.equal((await visit(trellis, '/shop', sent.cookies[0]?.split(';')[0])).text, 'Ada');
  }
});

test('of 500 targets none leads away from this site', async () => {
  await using trellis = await site({ '/go': { text: '{% redirect request.query.to %}' } });
  const spellings = [
    '//x',
    '/\\x',
    '\\\\x',
    '/\t/x',
    '\t//x',
    '/.//x',
    '/a/..//x',
    '/%2f/x',
    'javascript:x',
    'http:x',
    '@x',
  ];
  const ends = [
    '',
    '.example',
    '.example/',
    '@y',
    ':80',
    '?a',
    '#b',
    '/../..//y',
    '\u2028',
    '\\y',
    ' ',
    '%0d%0aset-cookie:a=b',
  ];
  const starts = ['', '/', '.', ' '];
  const targets = starts.flatMap((start) => spellings.flatMap((spelling) => ends.map((end) => start + spelling + end)));
  assert.ok(targets.length >= 500, `${targets.length} targets`);
  const origin = 'https://here.example';
  for (const target of targets) {
    const { status, headers } = await trellis.ask('GET', `/go?to=${encodeURIComponent(target)}`);
    if (status !== 303) assert.equal(status, 500, target);
    else assert.equal(new URL(headers['location'] ?? '//nowhere', origin).origin, origin, target);
  }
});

test('a preview shows an unsaved text to its editor, keeps nothing, and says which line is at fault', async () => {
  await using trellis = await site({
    '/shop': { type: 'Folder' },
    '/shop/index_html': { text: 'saved' },
  });
  const preview = async (text: string, as = 'admin') =>
    trellis.ask('POST', '/api/shop/index_html/@preview', { body: { text }, as });
  const good = await preview('{{ here.path }} {{ request.method }}{% session cart = 1 %}{{ session.cart }}');
  assert.deepEqual(good.json(), { body: '/shop GET1', redirect: null, fault: null });
  assert.deepEqual(good.cookies, []);
  assert.equal((await preview('{% redirect "/x" %}')).json<PreviewMessage>().redirect, '/x');
  const { fault } = (await preview('one\n{% if %}')).json<PreviewMessage>();
  assert.deepEqual(fault, { message: 'Invalid value expression: "".', path: '/shop/index_html', line: 2, column: 6 });
  assert.equal((await visit(trellis, '/shop')).text, 'saved');
  assert.equal(
    (await trellis.ask('POST', '/api/shop/index_html/@preview', { body: { text: 'x' }, as: null })).status,
    401,
  );
});

test('a text with a mistake in it is not saved, and neither is a value without a name', async () => {
  await using trellis = await site({ '/page': { text: 'good' } });
  const refused = await trellis.ask('PATCH', '/api/page', { body: { properties: { text: 'a\n{% iff x %}' } } });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /Line 2: Tag \\"iff\\" not found\./);
  const values = await trellis.ask('PATCH', '/api/page', { body: { properties: { values: ['price: 1', '3.20'] } } });
  assert.match(values.text, /Line 2: '3\.20' is no value\. Write a name, a colon and the value: price: 3\.20/);
  assert.equal((await visit(trellis, '/page')).text, 'good');
});

test('two requests that change one session at once lose nothing: the later one is rendered again', async () => {
  await using trellis = await site({
    '/add': { text: '{% assign n = session.n | plus: 1 %}{% session n = n %}' },
    '/look': { text: '{{ session.n }}' },
  });
  const cookie = (await visit(trellis, '/add')).cookies[0]?.split(';')[0] ?? '';
  const answers = await Promise.all(Array.from({ length: 4 }, () => visit(trellis, '/add', cookie)));
  const added = answers.filter(({ status }) => status === 200).length;
  assert.equal((await visit(trellis, '/look', cookie)).text, String(added + 1));
  assert.ok(added >= 3, `${added} of 4 were added; who lost its three re-runs is told so`);
});
