import { toValue } from 'liquidjs';
import { textOf, type Handler } from './values/markup.ts';
import { isMissing } from './values/numbers.ts';
import type { Rendering } from './rendering.ts';
import { checkFormat, strftime, written, type Moment } from './values/strftime.ts';
import { instantOf, isZone, offsetAt } from './values/zones.ts';

const XML = '%Y-%m-%dT%H:%M:%S%:z';
const RFC822 = '%a, %d %b %Y %H:%M:%S %z';
const NOW: ReadonlySet<string> = new Set(['now', 'today']);
const LONGEST_DATE = 100;
/** Two days before the last date of JavaScript, which may be shown in any zone. */
const LAST_MS = 8.64e15 - 172_800_000;

/** Filters that write dates, in the time zone and the language of the page: not in those of the machine. */
export function dateFilters(rendering: () => Rendering): readonly (readonly [string, Handler])[] {
  const show = (value: unknown, format: string | undefined, zone?: unknown, language?: string) => {
    const page = rendering();
    const text = textIn(value);
    if (NOW.has(text)) page.isVolatile = true;
    const moment = momentOf(text, zoneIn(zone) ?? page.zone, language ?? page.language);
    if (moment === undefined) {
      checkFormat(format ?? '');
      return value;
    }
    return format === undefined ? written(moment, isDay(text)) : strftime(moment, format, page.allowance.use);
  };
  const named =
    (month: string): Handler =>
    (value, type, style) => {
      if (type !== 'ordinal') return show(value, `%d ${month} %Y`);
      return show(value, style === 'US' ? `${month} %-d%q, %Y` : `%-d%q ${month} %Y`);
    };
  return [
    ['date', (value, format, zone) => show(value, isMissing(format) ? undefined : textOf(format), zone)],
    ['date_to_xmlschema', (value) => show(value, XML)],
    ['date_to_rfc822', (value) => show(value, RFC822, undefined, 'en')],
    ['date_to_string', named('%b')],
    ['date_to_long_string', named('%B')],
  ];
}

/** The zone that a filter is given: by name, or as minutes that UTC is ahead, as Liquid has it. */
function zoneIn(given: unknown): string | undefined {
  if (isMissing(given)) return undefined;
  const zone: unknown = toValue(given as string);
  const name = typeof zone === 'number' ? fixedZone(zone) : textOf(zone);
  if (!isZone(name)) throw new Error(`'${name.slice(0, 60)}' is no time zone. Write one such as Europe/Zurich or UTC`);
  return name;
}

function fixedZone(minutesBehind: number): string {
  const minutes = Math.abs(Math.trunc(minutesBehind));
  const two = (count: number) => String(count).padStart(2, '0');
  return `${minutesBehind > 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** What is asked about as text; a number is the seconds since 1970, and what is longer than any date is none. */
function textIn(value: unknown): string {
  const text = textOf(value).trim();
  return text.length > LONGEST_DATE ? '' : text;
}

function momentOf(text: string, zone: string, language: string): Moment | undefined {
  const instant = instantIn(text, zone);
  // Beyond these a date of JavaScript is none.
  if (!(Math.abs(instant) < LAST_MS)) return undefined;
  return { instant, offset: offsetAt(instant, zone), zone, language };
}

/** Whether a text that is a date names a day and no time. */
function isDay(text: string): boolean {
  return !text.includes(':') && !NOW.has(text) && !SECONDS.test(text);
}

const SECONDS = /^-?\d+(?:\.\d+)?$/;
const ISO_DAY = /^\d{4}-\d\d(?:-(?<day>\d\d))?(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?$/;
const HAS_ZONE =
  /(?:\dZ|\b(?:GMT|UTC?|[ECMP][SD]T)(?:[+-]\d\d:?\d\d)?|:\d\d(?:\.\d+)?\s?[+-]\d\d:?\d\d)(?:\s?\([^)]*\))?$/i;

/** When a text says: a date alone is its midnight, and a time without a zone that time, in the zone of the page. */
function instantIn(text: string, zone: string): number {
  if (NOW.has(text)) return Date.now();
  if (SECONDS.test(text)) return Number(text) * 1000;
  const iso = ISO_DAY.exec(text);
  if (iso === null) return HAS_ZONE.test(text) ? Date.parse(text) : onWall(Date.parse(`${text} UTC`), zone);
  const { day = '01', time } = iso.groups ?? {};
  const wall = Date.parse(time === undefined ? text : `${text.replace(' ', 'T')}Z`);
  // The parser takes 30 February for 2 March.
  return new Date(wall).getUTCDate() === Number(day) ? onWall(wall, zone) : Number.NaN;
}

function onWall(wall: number, zone: string): number {
  return Number.isNaN(wall) ? wall : instantOf(wall, zone);
}
