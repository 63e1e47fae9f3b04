import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Engine } from '../engine.ts';
import { MARKUP_FILTERS, PASSING } from './markup.ts';
import { render, run } from '../testing.ts';

const ONCE: readonly (readonly [text: string, printed: string])[] = [
  ['{{ "<b>&" | escape }}', '&lt;b&gt;&amp;'],
  ['{% echo "<b>&" | escape %}', '&lt;b&gt;&amp;'],
  ['{% cycle "<b>&", "x" %}', '&lt;b&gt;&amp;'],
  ['{{ "<b>&" | xml_escape }}', '&lt;b&gt;&amp;'],
  ['{{ "<b>&" | escape | escape }}', '&lt;b&gt;&amp;'],
  ['{{ "&lt;b> & &#39;" | escape_once }}', '&lt;b&gt; &amp; &#39;'],
  ['{{ "<b>&" | escape | upcase }}', '&lt;B&gt;&amp;'],
  ['{{ "<b>&" | escape | append: "<i>" | prepend: "<u>" }}', '&lt;u&gt;&lt;b&gt;&amp;&lt;i&gt;'],
  ['{{ "<b>&" | escape | split: "&" | join: "&" }}', '&lt;b&gt;'],
  ['{{ "<,>" | escape | split: "," | join: "&" }}', '&lt;&amp;&gt;'],
  ['{{ "<b>&" | escape | size }}', '4'],
  ['{{ "<b>&" | escape | truncate: 2, "" }}', '&lt;b'],
  ['{% assign x = "<b>&" | escape %}{{ x }}', '&lt;b&gt;&amp;'],
  ['{% assign x = "<\n>" | newline_to_br %}{{ x }}{{ x | append: "<" }}', '&lt;<br />\n&gt;'.repeat(2) + '&lt;'],
  ['{{ "<\n>" | escape | newline_to_br | escape | strip }}', '&lt;<br />\n&gt;'],
  ['{{ "<\n>" | newline_to_br | upcase }}', '&lt;&lt;BR /&gt;\n&gt;'],
  ['{{ "<\n>" | newline_to_br | strip_html }}', '&lt;\n&gt;'],
  ['{{ "<b>x</b> & y" | strip_html }}', 'x &amp; y'],
  ['{{ "a b&c" | url_encode }}{{ "/?a=b&c" | uri_escape }}', 'a+b%26c/?a=b&amp;c'],
  ['{% capture x %} <b>{{ "<&" }}</b> {% endcapture %}{{ x }}|{{ x | strip }}', ' <b>&lt;&amp;</b> |<b>&lt;&amp;</b>'],
  ['{% capture x %}<b>{{ "<&" }}</b>{% endcapture %}{% echo x %}{{ x | default: "y" }}', '<b>&lt;&amp;</b>'.repeat(2)],
  ['{% capture x %}{{ "<&" }}{% endcapture %}{{ x | size }}{{ x.size }}{% if x == "<&" %}=={% endif %}', '22=='],
  ['{% capture x %}<hr>{% endcapture %}{{ "a,<" | split: "," | join: x }}', 'a<hr>&lt;'],
  [
    '{% capture x %}<hr>{% endcapture %}{% assign l = "<" | split: "," | push: x %}{{ l }}{{ l | join }}',
    '&lt;<hr>&lt; <hr>',
  ],
  ['{% capture x %}<hr>{% endcapture %}{{ x | replace: "hr", "b" }}{{ x | upcase }}', '&lt;b&gt;&lt;HR&gt;'],
  ['{% capture x %}<&>{% endcapture %}{% session x = x %}{{ session.x }}', '&lt;&amp;&gt;'],
  ['{% capture x %}{% endcapture %}{{ x | default: "none" }}', 'none'],
  [
    '{% capture x %}<b>{% endcapture %}{% render "part", it: x %}{% include "part", it: "<b>" %}',
    '<p><b></p><p>&lt;b&gt;</p>',
  ],
  ['{% capture x %}pa{% endcapture %}{% assign x = x | append: "rt" %}{% render x, it: 1 %}', '<p>1</p>'],
  ['{% layout "frame" %}{% block b %}<i>{{ "<" }}</i>{{ block.super }}{% endblock %}', '<i>&lt;</i><b>&lt;</b>'],
];

const INCLUDES = { '/part': '<p>{{ it }}</p>', '/frame': '{% block b %}<b>{{ "<" }}</b>{% endblock %}' };

test('what a filter escaped or marked up, a template captured or a block made is escaped once', async () => {
  for (const [text, printed] of ONCE) assert.equal(await render(text, { includes: INCLUDES }), printed, text);
});

/** Texts of people who would like to write into the page, some of them as filters would undo. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&amp;lt;b&amp;gt;',
  '%3Cscript%3E%22%27',
  Buffer.from('<script>"\'').toString('base64'),
  '<<b>script>\r\n<br />\n<!-- --><',
  '<br />\n"',
  '&&#60;&#x3c;&quot;',
];

const engine = new Engine();
const KNOWING = [...MARKUP_FILTERS.keys(), ...PASSING];
const words = fc.constantFrom(
  'q',
  '"&<"',
  '"br"',
  '" "',
  '""',
  '"<br />\n"',
  '"&lt;"',
  '3',
  '0',
  'caught',
  'list',
  'marked',
);
const filter = fc
  .tuple(
    fc.oneof(fc.constantFrom(...Object.keys(engine.filters)), fc.constantFrom(...KNOWING)),
    fc.array(words, { maxLength: 2 }),
  )
  .map(([name, args]) => `| ${name}${args.length === 0 ? '' : ': '}${args.join(', ')}`);
const start = fc.constantFrom('q', 'caught', 'list', 'marked', 'list | first', 'q | split: ""', 'session.q');
const chain = fc
  .tuple(start, fc.array(filter, { maxLength: 5 }))
  .map(([value, filters]) => [value, ...filters].join(' '));
const step = fc.oneof(
  chain.map((made) => `{{ ${made} }}`),
  chain.map((made) => `{% echo ${made} %}`),
  chain.map((made) => `{% assign caught = ${made} %}`),
  chain.map((made) => `{% capture caught %}{{ ${made} }}{% endcapture %}`),
  chain.map(
    (made) =>
      `{% assign list = list | push: caught %}{% session q = list %}{% cycle q, caught %}{% assign x = ${made} %}`,
  ),
  fc.constantFrom(
    '{% render "bare", it: caught %}',
    '{% include "bare", it: list %}',
    '{% for it in list %}{{ it }}{% endfor %}',
  ),
);
const BEFORE =
  '{% assign q = request.query.q %}{% assign list = q | split: "<" | push: q %}{% assign marked = q | newline_to_br %}{% capture caught %}{{ q }}{% endcapture %}{% session q = q %}';

test('no filter, and no row of filters, captures and lists, prints a visitor’s text as markup', async () => {
  let rendered = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...HOSTILE),
      fc.array(step, { minLength: 1, maxLength: 6 }),
      async (hostile, steps) => {
        const given = { engine, names: { query: [['q', hostile] as const] }, includes: { '/bare': '{{ it }}' } };
        // A row of filters may be refused as a whole; what it prints is what counts.
        const body = await run(BEFORE + steps.join(''), given).then(
          (page) => page.body,
          () => '',
        );
        if (body !== '') rendered += 1;
        assert.doesNotMatch(body.replaceAll('<br />', ''), /[<>"']|&(?!(?:amp|lt|gt|#34|#39);)/, steps.join('\n'));
      },
    ),
    { numRuns: 1500 },
  );
  assert.ok(rendered > 300, `${rendered} pages`);
});
