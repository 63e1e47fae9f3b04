import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAGE_NAMES, sessionNameProblem } from '../../schema/page-names.ts';
import { facts, faultIn, render, run } from './testing.ts';

/** Names by which JavaScript, the engine or this program could be reached. */
const NAMES =
  'constructor __proto__ prototype valueOf toString toJSON toLocaleString hasOwnProperty isPrototypeOf propertyIsEnumerable __defineGetter__ __lookupGetter__ then call apply bind caller arguments read liquidMethodMissing liquid context environments globals registers _get super next'.split(
    ' ',
  );
const VALUES =
  'here container root template user request request.query request.form session objects here.children forloop "text" 1 true nil empty (1..3) session.list session.map'.split(
    ' ',
  );

test(`${NAMES.length * VALUES.length} ways to reach behind a value find nothing`, async () => {
  assert.ok(NAMES.length * VALUES.length >= 300);
  const reached: string[] = [];
  for (const value of VALUES) {
    for (const name of NAMES.filter((each) => value !== 'request.query' || each !== '__proto__')) {
      // The objects of the tree are found by path: a name that is none is answered as one.
      if (value === 'objects') continue;
      const source = `{% for x in (1..1) %}{% assign v = ${value} %}[{{ v.${name} }}{{ v["${name}"] }}{{ v.${name}.${name} }}]{% endfor %}`;
      const printed = await render(value === 'forloop' ? source.replaceAll('v.', 'forloop.') : source);
      if (printed !== '[]') reached.push(`${value}.${name}: ${printed}`);
    }
  }
  assert.deepEqual(reached, []);
});

test('no filter and no tag is found by a name that every object has', async () => {
  for (const name of NAMES) {
    assert.match((await faultIn(`{{ "x" | ${name} }}`)).message, /^Undefined filter/, name);
    // `liquid` is a tag of Liquid.
    if (name !== 'liquid') assert.match((await faultIn(`{% ${name} %}`)).message, /not found/, name);
  }
});

const TRICKS: readonly (readonly [text: string, printed: string])[] = [
  ['{{ here.children | map: "constructor" | join }}', ' '],
  ['{{ here.children | map: "__proto__.constructor" | join }}', ' '],
  ['{{ here.children | where: "constructor" | size }}', '0'],
  ['{{ here.children | where_exp: "x", "x.constructor" | size }}', '0'],
  ['{{ here.children | sort: "__proto__" | map: "id" | join }}', 'a b'],
  ['{{ here.children | group_by: "constructor" | map: "name" | join }}', ''],
  ['{{ here.children | find: "__proto__" }}', ''],
  ['{{ here.children | map: "constructor" | compact | sum }}', '0'],
  ['{% increment __proto__ %}{% decrement constructor %}{{ here.__proto__ }}', '0-1'],
  ['{% assign __proto__ = here %}{{ nothing.path }}{{ __proto__.path }}', '/here'],
  ['{% assign constructor = "c" %}{{ constructor }}{{ here.constructor }}', 'c'],
  ['{% for __proto__ in (1..2) %}{{ __proto__ }}{{ x }}{% endfor %}', '12'],
  ['{% capture toString %}t{% endcapture %}{{ toString }}', 't'],
  ['{% cycle "__proto__": "a", "b" %}{% cycle "__proto__": "a", "b" %}', 'ab'],
  ['{% block __proto__ %}b{% endblock %}', 'b'],
  ['{{ request.query.__proto__ }}', 'p'],
  ['{{ "now" | date: "%s" | size | at_most: 1 }}', '1'],
  ['{{ "%s%n%x{constructor}" | date: "%s" }}', '%s%n%x{constructor}'],
  ['{{ session.hostile.__proto__.polluted }}{{ session.hostile.constructor }}{{ session.hostile.then }}', '1cx'],
  [
    '{{ session.map | json }}',
    '{&#34;a&#34;:[&#34;1&#34;],&#34;when&#34;:&#34;1970-01-01T00:00:00.000Z&#34;,&#34;bytes&#34;:null}',
  ],
  ['{{ here | json }}', JSON.stringify(facts('/here', { price: '3' })).replaceAll('"', '&#34;')],
  ['{{ user | json }}{{ session | json }}{{ request | json }}', '{}{}{}'],
  ['{{ (1..3) | json }}{{ here.children | size }}', '[1,2,3]2'],
  ['{{ global }}{{ process }}{{ globalThis }}{{ require }}{{ this }}{{ self }}', ''],
  ['{{ "a" | slugify: "constructor" }}{{ "a" | slugify: "__proto__" }}', 'aa'],
];

test('tricks with names, formats and lists print what is there, and nothing of the program', async () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  for (const [text, printed] of TRICKS) assert.equal(await render(text), printed, text);
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('only page templates of the tree are included, whatever the path looks like', async () => {
  const paths = [
    '../../../../etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    '..',
    '/',
    '',
    'no\\such',
    '%2e%2e/x',
    '\u0000',
  ];
  for (const path of paths) {
    for (const tag of ['render', 'include', 'layout']) {
      const { message } = await faultIn(`{% ${tag} "${path}" %}`);
      assert.match(message, /^(There is no page template|Illegal file path)/, `${tag} ${path}`);
    }
  }
});

const BOMBS: readonly (readonly [text: string, limit: RegExp])[] = [
  ['{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}', /100,000 steps|100 ms of work/],
  ['{% render "loop" %}', /100 blocks or templates in each other/],
  ['{% for i in (1..100000000) %}{% endfor %}', /a value of 500,000 characters/],
  ['{% assign s = "x" %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}', /a value of 500,000/],
  [
    '{% assign s = "a" %}{% for i in (1..99) %}{% assign s = s | replace: "a", "aaaaaaaaaa" %}{% endfor %}',
    /a value of/,
  ],
  [
    '{% capture s %}x{% endcapture %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}',
    /a value of 500,000/,
  ],
  ['{% for i in (1..99) %}{% capture s %}{{ s }}{{ s }}x{% endcapture %}{% endfor %}', /a value of|1 MiB/],
  [
    '{% capture s %}{% for i in (1..9000) %}0123456789{% endfor %}{% endcapture %}{% assign a = nil %}{% for i in (1..99) %}{% assign a = a | push: s %}{% endfor %}{{ a }}',
    /a value of/,
  ],
  ['{{ "x" | date: "%1000000000Y" }}{{ 0 | date: "%1000000000Y" }}', /a value of/],
  [
    '{% for i in (1..50000) %}{{ here.modified | date: "%A %B %c" }}{% endfor %}',
    /steps|ms of work|1 MiB|too many values/,
  ],
  [
    '{% assign a = (1..400000) %}{% for i in (1..99) %}{% assign a = a | reverse %}{% endfor %}',
    /too many values|ms of work/,
  ],
];

test('what takes more than a page may is stopped, and said', async () => {
  for (const [text, limit] of BOMBS) {
    const faults: string[] = [];
    // On a busy machine the time may be over before anything else is: that alone is tried again.
    while (faults.length < 5 && /ms of work|^$/.test(faults.at(-1) ?? '') && !limit.test(faults.at(-1) ?? '')) {
      const fault = await faultIn(text.replace('"loop"', '"/loop"'));
      assert.ok(fault.isLimit, text);
      faults.push(fault.message);
    }
    assert.match(faults.at(-1) ?? '', limit, text);
  }
});

test('a fault is at its line and column, in the template where it stands', async () => {
  const { line, column, path, message } = await faultIn('one\ntwo {{ here.title | nope }}');
  assert.deepEqual(
    { line, column, path, message },
    { line: 2, column: 5, path: '/page', message: 'Undefined filter: nope.' },
  );
  assert.equal((await faultIn('{% if x %}\nabc')).message, 'Tag {% if x %} not closed.');
  assert.equal(
    (await faultIn('{% session = 3 %}')).message,
    'Expected a name and a value: {% session name = value %}.',
  );
});

test('what a rendering depended on is told', async () => {
  assert.deepEqual((await run('{{ here.title }}')).touched, {
    values: [],
    user: false,
    furtherName: false,
    volatile: false,
  });
  const { touched } = await run(
    '{{ request.query.q }}{{ request.form.f }}{% if user %}{% endif %}{{ "now" | date: "%Y" }}',
  );
  assert.deepEqual(touched, { values: ['q', 'f'], user: true, furtherName: false, volatile: true });
  assert.ok((await run('{{ here.children | sample: 1 | map: "x" }}')).touched.volatile);
  assert.ok((await run('{{ SESSION.list }}')).touched.furtherName);
  assert.ok((await run('{% if BASKET %}{% endif %}')).touched.furtherName, 'it could be the name of the session');
  assert.ok(!(await run('{% assign own = 1 %}{{ own }}{{ session.list }}')).touched.furtherName);
});

const EVERYWHERE =
  '{{ X.list | size }}{% if X.list == nil or true and X.list %}2{% endif %}{% for i in (1..1) %}{{ X.list.size }}{% endfor %}' +
  '{% tablerow i in (1..1) %}{{ X.list.size }}{% endtablerow %}{% block b %}{{ X.list.size }}{% endblock %}';

test('what cannot be kept in a session is an error at its line, and not another value in its place', async () => {
  const objects = ['here', 'here.children', 'objects["/a"]', 'session.list | push: here', 'here.children | first'];
  for (const value of objects) {
    const { message, line } = await faultIn(`one\n{% session o = ${value} %}`);
    const words = 'An object of the tree cannot be kept in a session. Keep its path, as in: here.path.';
    assert.deepEqual([message, line], [words, 2], value);
  }
  for (const value of ['user', 'request', 'request.form', 'session', 'browser', 'session.list | push: user']) {
    const { message } = await faultIn(`{% session o = ${value} %}`);
    assert.match(message, /^What has names of its own cannot be kept in a session\. Keep what/, value);
  }
  const kept = '{% session o = here.path %}{% session u = user.name %}{% session l = session.list %}';
  assert.equal(await render(`${kept}{{ session.o }} {{ session.u }} {{ session.l | join }}`), '/here ada 1 2');
});

test('the session is found under every name that may be set for it, beside `session`', async () => {
  const printed = '222<tr class="row1"><td class="col1">2</td></tr>2';
  const taken = ['SESSION', 'Here', 'USER', 'basket', 'then', 'in', 'if', 'limit', 'offset', 'reversed', 'with', 'for'];
  for (const name of taken) {
    assert.equal(sessionNameProblem(name), undefined, name);
    assert.equal((await run(EVERYWHERE.replaceAll('X', name), { names: { sessionName: name } })).body, printed, name);
    assert.equal((await run('{{ session.list.size }}', { names: { sessionName: name } })).body, '2', name);
  }
  assert.equal((await run('{{ SESSION.list.size }}', { names: { sessionName: 'basket' } })).body, '');
});

test('a name under which a page would not find the session everywhere may not be set for it', async () => {
  const refused = [...PAGE_NAMES, ...'true false nil null empty blank and or not contains'.split(' ')];
  refused.push(
    'forloop',
    'tablerowloop',
    'block',
    'continue',
    'constructor',
    'toString',
    '__proto__',
    '',
    '1st',
    'a b',
  );
  for (const name of refused) assert.ok(sessionNameProblem(name), name);
  assert.equal(
    sessionNameProblem('here'),
    "Pages have a name 'here' already, so they could not find the session under it. Use another, such as SESSION.",
  );
});

test('of what the engine does not understand a message quotes no more than a line has room for', async () => {
  const long = 'x'.repeat(100_000);
  for (const text of [`{% ${long} %}`, `{{ 1 | ${long} }}`, `{% render "${long}" %}`, `{% if ${long} | %}`]) {
    const { message, line } = await faultIn(text);
    assert.ok(message.length <= 501, `${message.length} characters`);
    assert.match(message, /^\w[^]*…$/);
    assert.equal(line, 1);
  }
});
