import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Engine } from '../engine.ts';
import { faultIn, render } from '../testing.ts';

const RECKONED: readonly (readonly [text: string, printed: string])[] = [
  ['{{ 1.10 | times: 3 }}', '3.3'],
  ['{{ "1.10" | times: 3 }}', '3.3'],
  ['{{ 0.1 | plus: 0.2 }}', '0.3'],
  ['{{ 0.3 | minus: 0.1 }}', '0.2'],
  ['{{ 4.35 | times: 100 }}', '435'],
  ['{{ 10 | divided_by: 4 }}{{ 10 | divided_by: 4, true }}', '2.52'],
  ['{{ 1 | divided_by: 3 }}', '0.33333333333333333333'],
  ['{{ 1 | divided_by: 3 | times: 3 }}', '1'],
  ['{{ 5.5 | modulo: 2.2 }}{{ -5 | modulo: 3 }}', '1.11'],
  ['{{ 1.005 | round: 2 }} {{ 2.5 | round }} {{ -2.5 | round }} {{ 1251 | round: -2 }}', '1.01 3 -3 1300'],
  ['{{ 1.2 | ceil }}{{ 1.7 | floor }}{{ -3.5 | abs }}{{ "7.9" | to_integer }}', '213.57'],
  ['{{ "10" | at_least: 9 }}{{ "10" | at_most: "9.5" }}', '109.5'],
  ['{% assign l = "0.1,0.2,10" | split: "," %}{{ l | sum }} {{ l | sort_numeric | join }}', '10.3 0.1 0.2 10'],
  ['{{ nil | sum }}{{ nil | sort_numeric }}', '0'],
  ['{{ here.children | sum: "n" }}', '5.5'],
  ['{{ 12345678901234567.89 | plus: 0 | floor }}', '12345678901234567'],
  ['{{ 12345678901234567 }} {{ -12345678901234567 | plus: 0 }}', '12345678901234567 -12345678901234567'],
  ['{{ 1234567890123456789.125 | times: 8 }}', '9876543120987654313'],
  ['{% assign n = 0.1234567890123456789 %}{{ n }}{% echo 1.50 %}', '0.12345678901234567891.5'],
  ['{% if 12345678901234567 == 12345678901234568 %}one{% else %}two{% endif %}', 'two'],
  ['{% if 12345678901234567 != 12345678901234567 %}two{% else %}one{% endif %}', 'one'],
  ['{% if 12345678901234567 > 12345678901234566 and 12345678901234567 > nil %}no{% else %}nil{% endif %}', 'nil'],
  ['{% for i in (1..3) limit: 12345678901234567 %}{{ i }}{% endfor %}', '123'],
  ['{% assign x = 1 | divided_by: 3 %}{{ x | plus: 0 | times: 3 | minus: 1 | abs | round: 20 }}', '0'],
  ['{{ "12345678901234567.89" | plus: "0.01" }}', '12345678901234567.9'],
  ['{{ "0.0000001" | times: 1 }}', '0.0000001'],
  ['{{ " 3.50 " | times: 2 }}{{ "+1." | plus: ".5" }}', '71.5'],
  ['{{ nil | plus: 1 }}{{ session.visits | plus: 1 }}{{ nil | minus: 1 }}', '11-1'],
  ['{{ 6.4 | money }} {{ "1234.5" | money }} {{ 0.005 | money }} {{ -1 | money }}', '6.40 1234.50 0.01 -1.00'],
  ['{{ -0.001 | money }} {{ -0.004 | money: "EUR" }} {{ -0.4 | money: "JPY" }}', '0.00 €0.00 ¥0'],
  ['{{ -0.005 | money }} {{ -1.5 | money: "EUR" }} {{ -0.4 | round }}', '-0.01 -€1.50 0'],
  ['{{ 6.4 | money: "EUR" }} {{ 1234567.891 | money: "JPY" }}', '€6.40 ¥1,234,568'],
  ['{{ 1.10 | times: 3 | money: "USD" }}', '$3.30'],
  ['{{ "3.50" | number | times: 2 }}{{ "3,50" | number }}{{ "x" | number: 1 }}{{ nil | number: 0 }}', '710'],
  ['{% assign n = "abc" | number %}{% if n == nil %}none{% endif %}{{ "1e19" | number: "huge" }}', 'nonehuge'],
  ['{% assign n = "0.0000001" | times: 1 %}{% session n = n %}{{ session.n | times: 10 }}', '0.000001'],
  [
    '{% if "3" == 3 or "3.0" == "3" or 3 == "3" %}same{% endif %}{% assign n = "3.0" | number %}{% if n == 3 %}3{% endif %}',
    '3',
  ],
  ['{% case "3" %}{% when 3 %}number{% when "3" %}text{% endcase %}', 'text'],
  ['{% assign x = 1 | divided_by: 3 %}{% if x < 0.34 and x > "0.33" %}between{% endif %}', 'between'],
  ['{% if "10" > "9" %}ten{% endif %}{% if "10" > 9 %}ten{% endif %}{% if "b" > "a" %}b{% endif %}', 'tentenb'],
  ['{% if nothing > 1 %}more{% else %}no{% endif %}{% if 1 > empty %}more{% endif %}', 'no'],
  ['{% assign x = 1 | divided_by: 3 %}{% session n = x %}{{ session.n | json }}', '0.3333333333333333'],
];

test('templates calculate in decimals, and write amounts with two of them or as a currency is written', async () => {
  for (const [text, printed] of RECKONED) assert.equal(await render(text), printed, text);
});

test('an amount is written as the language of the page writes its currency', async () => {
  const amounts = '{{ 1234.5 | money: "EUR" }}|{{ 1234.5 | money: "JPY" }}';
  const in_ = (language: string) => render(amounts, { names: { language } });
  assert.equal(await in_('de'), '1.234,50\u00a0€|1.235\u00a0¥');
  assert.equal(await in_('en-GB'), '€1,234.50|JP¥1,235');
  assert.equal(await in_('fr'), '1\u202f234,50\u00a0€|1\u202f235\u00a0JPY');
});

const WRONG: readonly (readonly [text: string, message: string | RegExp])[] = [
  ['{{ "3,50" | times: 2 }}', '"3,50" is not a number. Write 3.50.'],
  ['{{ 2 | times: "1.234,50" }}', '"1.234,50" is not a number. Write 1234.50.'],
  ['{{ "1,234.50" | money }}', '"1,234.50" is not a number. Write 1234.50.'],
  ['{{ "abc" | plus: 1 }}', '"abc" is not a number. Write digits, with a point before decimals: 3.50.'],
  ['{{ "" | plus: 1 }}', '"" is not a number. Write digits, with a point before decimals: 3.50.'],
  ['{{ "1e3" | plus: 1 }}', '"1e3" is not a number. Write digits, with a point before decimals: 3.50.'],
  ['{% if "1E3" > 1 %}{% endif %}', /^"1E3" is not a number/],
  [
    '{% if nothing %}{{ 123456789012345678901 }}{% endif %}',
    '123456789012345678901 is too large: pages calculate with up to 20 digits before the point.',
  ],
  [`{{ 0.${'1'.repeat(60)} }}`, /^0\.1+… is too long: a number has at most 60 characters\.$/],
  ['{{ "0x10" | plus: 1 }}', /"0x10" is not a number/],
  ['{{ "Infinity" | plus: 1 }}', /"Infinity" is not a number/],
  [
    '{{ here.prise | times: 2 }}',
    'There is no value to calculate with. Where one may be missing say what holds then, as in: price | default: 0.',
  ],
  ['{{ 1 | plus }}', /^There is no value to calculate with/],
  ['{{ 1 | plus: here.prise }}', /^There is no value to calculate with/],
  ['{{ true | plus: 1 }}', 'True is not a number.'],
  ['{{ here.children | plus: 1 }}', 'A list is not a number.'],
  ['{{ here.children | sum: "no" }}', /^There is no value/],
  [
    '{{ here.children | sort_numeric: "title" }}',
    '"The a" is not a number. Write digits, with a point before decimals: 3.50.',
  ],
  ['{{ 3 | divided_by: 0 }}', 'Nothing can be divided by 0.'],
  ['{{ 3 | modulo: "0.0" }}', 'Nothing can be divided by 0.'],
  ['{% if "3,50" > 2 %}{% endif %}', '"3,50" is not a number. Write 3.50.'],
  ['{{ 3 | money: "EURO" }}', "'EURO' is no currency. Write its code: EUR, USD or JPY."],
  ['{{ 3 | money: "eur" }}', "'eur' is no currency. Write its code: EUR, USD or JPY."],
  ['{{ 3 | round: 100 }}', 'A number is rounded to -20 to 20 places.'],
  ['{{ 3 | round: 0.5 }}', 'A number is rounded to -20 to 20 places.'],
];

test('what is no number is said at its line, with what would be right, and counts as nothing', async () => {
  for (const [text, message] of WRONG) {
    const fault = await faultIn(`one\n${text}`);
    if (typeof message === 'string') assert.equal(fault.message, message, text);
    else assert.match(fault.message, message, text);
    assert.deepEqual([fault.line, fault.isLimit], [2, false], text);
  }
});

test('a number cannot be so large, so long or so often multiplied that it takes more than a page may', async () => {
  const large = ['1e1000000', '1e999', '9'.repeat(10_000), `1e${'9'.repeat(100)}`, `0.${'0'.repeat(5000)}1`];
  for (const text of large) {
    const { message } = await faultIn(`{{ "${text}" | times: 2 }}`);
    assert.match(message, /too large|too long|is not a number/, text.slice(0, 50));
    assert.ok(message.length < 250, message);
  }
  assert.match((await faultIn('{{ 99999999999 | times: 99999999999 }}')).message, /^The result is too large/);
  const loop = (step: string) =>
    `{% assign n = 1.000001 %}{% for i in (1..1000) %}{% assign n = n | ${step} %}{% endfor %}{{ n }}`;
  assert.match(await render(loop('times: 1.00000123456789')), /^1\.\d{1,19}$/);
  assert.match(await render(loop('divided_by: 3')), /^0$/);
  assert.match((await faultIn(loop('times: n'))).message, /too large/);
});

test('sums and products of prices are exact: 1,000 carts of 20 lines against whole cents', async () => {
  const line = fc.record({ cents: fc.integer({ min: 0, max: 1_000_000 }), pieces: fc.integer({ min: 0, max: 99 }) });
  const engine = new Engine();
  const cart = fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
    const added = lines.map(
      ({ cents, pieces }) =>
        `{% assign line = "${(cents / 100).toFixed(2)}" | times: ${pieces} %}{% assign total = total | plus: line %}`,
    );
    const cents = lines.reduce((sum, each) => sum + each.cents * each.pieces, 0);
    const printed = await render(`{% assign total = 0 %}${added.join('')}{{ total | money }}`, { engine });
    assert.equal(printed, (cents / 100).toFixed(2));
  });
  await fc.assert(cart, { numRuns: 1000 });
});
