import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { faultIn, render, run } from './testing.ts';

const FORMAT = '%Y-%m-%d %H:%M:%S %z';

/** Dates as templates meet them, with what a page in Zurich prints. */
const DATES: readonly (readonly [value: string, printed: string])[] = [
  ['"2026-11-30"', '2026-11-30 00:00:00 +0100'],
  ['"2026-11"', '2026-11-01 00:00:00 +0100'],
  ['"2026-11-30 08:15"', '2026-11-30 08:15:00 +0100'],
  ['"2026-11-30T08:15:30.5"', '2026-11-30 08:15:30 +0100'],
  ['"2026-11-30T23:30:00Z"', '2026-12-01 00:30:00 +0100'],
  ['"2026-11-30T23:30:00+13:00"', '2026-11-30 11:30:00 +0100'],
  ['"2026-11-30 23:30:00 -0800"', '2026-12-01 08:30:00 +0100'],
  ['"Mon, 30 Nov 2026 10:00:00 GMT"', '2026-11-30 11:00:00 +0100'],
  ['"30 November 2026"', '2026-11-30 00:00:00 +0100'],
  ['"Nov 30, 2026 10:00"', '2026-11-30 10:00:00 +0100'],
  ['"11/30/2026"', '2026-11-30 00:00:00 +0100'],
  ['"2026-1-5"', '2026-01-05 00:00:00 +0100'],
  ['0', '1970-01-01 01:00:00 +0100'],
  ['1782000000', '2026-06-21 02:00:00 +0200'],
  ['"1782000000"', '2026-06-21 02:00:00 +0200'],
  ['session.map.when', '1970-01-01 01:00:00 +0100'],
  ['here.modified', '2026-01-02 01:00:00 +0100'],
  // Clocks go forward at 2:00 on 29 March and back at 3:00 on 25 October.
  ['"2026-03-29 01:59:59"', '2026-03-29 01:59:59 +0100'],
  ['"2026-03-29 02:30:00"', '2026-03-29 03:30:00 +0200'],
  ['"2026-03-29T01:00:00Z"', '2026-03-29 03:00:00 +0200'],
  ['"2026-10-25 02:30:00"', '2026-10-25 02:30:00 +0200'],
  ['"2026-10-25T01:30:00Z"', '2026-10-25 02:30:00 +0100'],
  // Where the machine's own clocks could go forward.
  ['"2026-09-27 02:30:00"', '2026-09-27 02:30:00 +0200'],
  ['"2026-03-08 02:30:00"', '2026-03-08 02:30:00 +0100'],
  ['"2026-02-30"', '2026-02-30'],
  ['-1.5', '1970-01-01 00:59:58 +0100'],
  ['"no date at all"', 'no date at all'],
  ['nothing', ''],
];

const ALL = DATES.map(([value]) => `{{ ${value} | date: "${FORMAT}" }}`).join('\n');
const PRINTED = DATES.map(([, printed]) => printed).join('\n');
const IN_ZURICH = { names: { zone: 'Europe/Zurich' } };

test('a date is shown in the time zone of the page, and a date alone is that day', async () => {
  for (const [value, printed] of DATES) {
    assert.equal(await render(`{{ ${value} | date: "${FORMAT}" }}`, IN_ZURICH), printed, value);
  }
  for (const zone of ['UTC', 'America/Los_Angeles', 'Pacific/Auckland', 'Pacific/Kiritimati', 'Asia/Beirut']) {
    // In Beirut that day begins at 1:00.
    const days = '{{ "2026-11-30" | date: "%F" }} {{ "2026-03-29" | date: "%d" }} {{ "2026-11-30" | date }}';
    assert.equal(await render(days, { names: { zone } }), '2026-11-30 29 Monday, November 30, 2026', zone);
  }
});

test('neither the time zone nor the language of the machine changes a date', async () => {
  const script = `
    import { render } from ${JSON.stringify(new URL('./testing.ts', import.meta.url).href)};
    process.stdout.write(await render(${JSON.stringify(`${ALL}\n{{ "2026-11-30" | date: "%A %B %c %Z" }}`)}, ${JSON.stringify(IN_ZURICH)}));
  `;
  for (const TZ of ['UTC', 'Pacific/Auckland', 'America/Los_Angeles', 'America/Sao_Paulo', 'Asia/Kathmandu']) {
    const env = { ...process.env, TZ, LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' };
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' });
    assert.equal(printed, `${PRINTED}\nMonday November 11/30/2026, 12:00:00 AM Europe/Zurich`, TZ);
  }
});

test('months and days are named in the language of the page, and a filter may be given another zone', async () => {
  const text = '{{ "2026-03-01" | date: "%A, %-d. %B" }} {{ "2026-03-01" | date_to_long_string }}';
  assert.equal(await render(text, { names: { language: 'de' } }), 'Sonntag, 1. März 01 März 2026');
  const given = (zone: string) => render(`{{ "2026-11-30T12:00:00Z" | date: "%H:%M %z", ${zone} }}`);
  assert.deepEqual(
    [await given('"Asia/Kathmandu"'), await given('-330'), await given('300'), await given('"UTC"')],
    ['17:45 +0545', '17:30 +0530', '07:00 -0500', '12:00 +0000'],
  );
  const fault = await faultIn('one\n{{ "now" | date: "%H", "Europe/Nowhere" }}');
  assert.deepEqual(
    [fault.message, fault.line],
    ["'Europe/Nowhere' is no time zone. Write one such as Europe/Zurich or UTC.", 2],
  );
});

test('every code of a format makes what it makes in Liquid', async () => {
  const when = '"2026-01-04T05:06:07.089Z"';
  const made: readonly (readonly [format: string, printed: string])[] = [
    ['%a %A %b %h %B', 'Sun Sunday Jan Jan January'],
    ['%C %d %e %-d %_m %0e', '20 04  4 4  1 04'],
    ['%H %k %I %l %-l %p %P', '05  5 05  5 5 AM am'],
    ['%j %L %m %M %N %3N %12N', '004 089 01 06 089000000 089 089000000000'],
    ['%q %s %S %u %w %U %W %y %Y', 'th 1767503167 07 7 0 01 00 26 2026'],
    ['%z %:z %Z %% %n%t|', '+0000 +00:00 UTC % \n\t|'],
    ['%^a %^B %#p %#P %10Y %-y', 'SUN JANUARY am AM 0000002026 26'],
    ['%c | %x | %X', '1/4/2026, 5:06:07 AM | 1/4/2026 | 5:06:07 AM'],
    ['%D|%F|%R|%r|%T', '01/04/26|2026-01-04|05:06|05:06:07 AM|05:06:07'],
    ['%G-W%V-%u %g %-V %12F|%Ey %Od', '2026-W01-7 26 1   2026-01-04|26 04'],
  ];
  for (const [format, printed] of made)
    assert.equal(await render(`{{ ${when} | date: "${format}" }}`), printed, format);
  const others = `{{ ${when} | date }}|{{ ${when} | date_to_xmlschema }}|{{ ${when} | date_to_rfc822 }}|{{ ${when} | date_to_string }}`;
  assert.equal(
    await render(others),
    'Sunday, January 4, 2026 at 5:06 AM|2026-01-04T05:06:07+00:00|Sun, 04 Jan 2026 05:06:07 +0000|04 Jan 2026',
  );
  const ordinals = `{{ ${when} | date_to_string: "ordinal" }} {{ ${when} | date_to_long_string: "ordinal", "US" }}`;
  assert.equal(await render(ordinals), '4th Jan 2026 January 4th, 2026');
  assert.equal(await render('{{ "99999999999999999999" | date: "%Y" }}'), '99999999999999999999');
});

test('weeks are numbered as ISO 8601 does, also where years meet', async () => {
  const weeks: readonly (readonly [day: string, week: string])[] = [
    ['2020-12-31', '2020-53-4'],
    ['2021-01-03', '2020-53-7'],
    ['2021-01-04', '2021-01-1'],
    ['2024-12-29', '2024-52-7'],
    ['2024-12-30', '2025-01-1'],
    ['2026-12-31', '2026-53-4'],
    ['2028-02-29', '2028-09-2'],
  ];
  for (const [day, week] of weeks) assert.equal(await render(`{{ "${day}" | date: "%G-%V-%u" }}`), week, day);
});

test('without a format a date is written as the language of the page writes it, and only English has st, nd and th', async () => {
  const text =
    '{{ "2026-11-30" | date }} / {{ "2026-11-30 17:05" | date }} / {{ "2026-11-30" | date_to_long_string: "ordinal" }}';
  const written: readonly (readonly [language: string, printed: string])[] = [
    ['en', 'Monday, November 30, 2026 / Monday, November 30, 2026 at 5:05 PM / 30th November 2026'],
    ['de-CH', 'Montag, 30. November 2026 / Montag, 30. November 2026 um 17:05 / 30 November 2026'],
    ['fr', 'lundi 30 novembre 2026 / lundi 30 novembre 2026 à 17:05 / 30 novembre 2026'],
  ];
  for (const [language, printed] of written) {
    assert.equal(await render(text, { names: { language, zone: 'Europe/Zurich' } }), printed, language);
  }
  assert.equal(
    await render('{{ "2026-11-30" | date: "%B" }}', { names: { language: 'fa' } }),
    'نوامبر',
    'the same year',
  );
});

test('what is no part of a date is an error at its line, also where there is no date to write', async () => {
  for (const [format, code] of [
    ['%Y %i', '%i'],
    ['50% of', '% '],
    ['%', '%'],
    ['%-5f', '%-5f'],
  ] as const) {
    for (const value of ['"2026-11-30"', '"no date"', 'nothing']) {
      const { message, line } = await faultIn(`one\n{{ ${value} | date: "${format}" }}`);
      assert.equal(line, 2);
      assert.ok(message.startsWith(`'${code}' is no part of a date. There are %a %A %b`), message);
      assert.match(message, / %F .* %% *, the last for a percent sign\.$/);
    }
  }
});

test('the documentation lists the parts that there are, and no other', async () => {
  const { message } = await faultIn('{{ "" | date: "%i" }}');
  const there = new Set(message.split('There are')[1]?.match(/%\S/g));
  const text = await readFile(new URL('../../docs/templates.md', import.meta.url), 'utf8');
  const [, table = ''] = /\n\| part \|.*?\n\|---\|---\|\n(.*?)\n\n/s.exec(text) ?? [];
  const listed = table.split('\n').flatMap((row) => row.split('|')[1]?.match(/%[^:`]/g) ?? []);
  assert.deepEqual(new Set(listed), there);
  assert.ok(there.size > 40);
});

test('a text that is long is no date, and is not looked at for long', async () => {
  const long = 'GMT('.repeat(10_000);
  assert.equal(await render(`{{ "${long}" | date: "%Y" }}`), long);
});

test('what shows the time is shown anew', async () => {
  const { body, touched } = await run('{{ "now" | date: "%s" }}');
  assert.ok(Math.abs(Number(body) * 1000 - Date.now()) < 60_000, body);
  assert.equal(touched.volatile, true);
  for (const text of ['{{ " today " | date }}', '{% capture x %}now{% endcapture %}{{ x | date_to_string }}'])
    assert.equal((await run(text)).touched.volatile, true, text);
  assert.equal((await run('{{ "2026-11-30" | date }}')).touched.volatile, false);
});
