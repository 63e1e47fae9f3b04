/** An instant as clocks somewhere show it. */
export interface Moment {
  readonly instant: number;
  /** How far those clocks are ahead of UTC. */
  readonly offset: number;
  readonly zone: string;
  readonly language: string;
}

interface How {
  readonly flags: string;
  readonly width: number;
  readonly use: (characters: number) => void;
}

/** The moment as a date whose parts in UTC are what the clocks show. */
type Shown = Moment & { readonly date: Date };
type Part = (shown: Shown, how: How) => string | number;

const DAY = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
const TIME = { hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
const MOST_FORMATS = 100;
const formats = new Map<string, Intl.DateTimeFormat>();
const DAY_MS = 24 * 60 * 60_000;

const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['a', (shown) => named(shown, { weekday: 'short' })],
  ['A', (shown) => named(shown, { weekday: 'long' })],
  ['b', (shown) => named(shown, { month: 'short' })],
  ['h', (shown) => named(shown, { month: 'short' })],
  ['B', (shown) => named(shown, { month: 'long' })],
  ['c', (shown) => named(shown, { ...DAY, ...TIME })],
  ['D', composed('%m/%d/%y')],
  ['F', composed('%Y-%m-%d')],
  ['R', composed('%H:%M')],
  ['r', composed('%I:%M:%S %p')],
  ['T', composed('%H:%M:%S')],
  ['x', (shown) => named(shown, DAY)],
  ['X', (shown) => named(shown, TIME)],
  ['C', ({ date }) => Math.floor(date.getUTCFullYear() / 100)],
  ['d', ({ date }) => date.getUTCDate()],
  ['e', ({ date }) => date.getUTCDate()],
  ['G', ({ date }) => thursdayOf(date).getUTCFullYear()],
  ['g', ({ date }) => shortYear(thursdayOf(date))],
  ['H', ({ date }) => date.getUTCHours()],
  ['k', ({ date }) => date.getUTCHours()],
  ['I', ({ date }) => date.getUTCHours() % 12 || 12],
  ['l', ({ date }) => date.getUTCHours() % 12 || 12],
  ['j', ({ date }) => dayOfYear(date)],
  ['L', ({ date }) => date.getUTCMilliseconds()],
  ['m', ({ date }) => date.getUTCMonth() + 1],
  ['M', ({ date }) => date.getUTCMinutes()],
  ['N', fraction],
  ['p', ({ date }) => (date.getUTCHours() < 12 ? 'AM' : 'PM')],
  ['P', ({ date }) => (date.getUTCHours() < 12 ? 'am' : 'pm')],
  ['q', ({ date, language }) => (/^en\b/.test(language) ? ordinal(date.getUTCDate()) : '')],
  ['s', ({ instant }) => Math.floor(instant / 1000)],
  ['S', ({ date }) => date.getUTCSeconds()],
  ['u', ({ date }) => date.getUTCDay() || 7],
  ['w', ({ date }) => date.getUTCDay()],
  ['U', ({ date }) => weekOfYear(date, 0)],
  ['W', ({ date }) => weekOfYear(date, 1)],
  ['V', ({ date }) => weekOfYear(thursdayOf(date), 4)],
  ['y', ({ date }) => shortYear(date)],
  ['Y', ({ date }) => date.getUTCFullYear()],
  ['z', ({ offset }, { flags }) => offsetText(offset, flags.includes(':'))],
  ['Z', ({ zone }) => zone],
  ['t', () => '\t'],
  ['n', () => '\n'],
  ['%', () => '%'],
]);

const WIDTHS = new Map(
  Object.entries({ j: 3, L: 3, Y: 4, G: 4 }).concat('CdegHIklmMSUVWy'.split('').map((code) => [code, 2])),
);
const PADDED_WITH_SPACES = 'aAbBcDeFklpPrRTxX';
const CODE = /%([-_0^#:]*)(\d*)[EO]?(.?)/gs;

/** Says which code of a format there is not, as writing a moment does, also where there is none to write. */
export function checkFormat(format: string): void {
  for (const [whole, , , code = ''] of format.matchAll(CODE)) partFor(code, whole);
}

/** A moment as a language writes it; a day without a time. */
export function written(moment: Moment, isDay: boolean): string {
  const date = new Date(moment.instant + moment.offset);
  return named({ ...moment, date }, isDay ? { dateStyle: 'full' } : { dateStyle: 'full', timeStyle: 'short' });
}

/** A moment in the words of a format, whose codes are those of Liquid's `date` filter. */
export function strftime(moment: Moment, format: string, use: (characters: number) => void): string {
  use(format.length);
  const shown = { ...moment, date: new Date(moment.instant + moment.offset) };
  return format.replaceAll(CODE, (whole, flags: string, width: string, code: string) => {
    const text = String(partFor(code, whole)(shown, { flags, width: Number(width), use }));
    return padded(cased(text, flags), code, flags, Number(width), use);
  });
}

function partFor(code: string, whole: string): Part {
  const part = PARTS.get(code);
  if (part !== undefined) return part;
  const known = [...PARTS.keys()].map((each) => `%${each}`).join(' ');
  throw new Error(`'${whole.slice(0, 60)}' is no part of a date. There are ${known}, the last for a percent sign`);
}

function composed(format: string): Part {
  return (shown, { use }) => strftime(shown, format, use);
}

function padded(text: string, code: string, flags: string, width: number, use: How['use']): string {
  const length = flags.includes('-') ? 0 : width || (WIDTHS.get(code) ?? 0);
  if (length <= text.length) return text;
  use(length);
  const withSpaces = flags.includes('_') || (PADDED_WITH_SPACES.includes(code) && !flags.includes('0'));
  const isNegative = !withSpaces && text.startsWith('-');
  return isNegative ? `-${text.slice(1).padStart(length - 1, '0')}` : text.padStart(length, withSpaces ? ' ' : '0');
}

function cased(text: string, flags: string): string {
  if (flags.includes('^')) return text.toUpperCase();
  if (!flags.includes('#')) return text;
  return /\p{Ll}/u.test(text) ? text.toUpperCase() : text.toLowerCase();
}

function named({ date, language }: Shown, parts: Intl.DateTimeFormatOptions): string {
  const key = `${language} ${Object.entries(parts).flat().join(' ')}`;
  if (!formats.has(key) && formats.size >= MOST_FORMATS) formats.clear();
  const format =
    formats.get(key) ?? new Intl.DateTimeFormat(language, { ...parts, calendar: 'gregory', timeZone: 'UTC' });
  formats.set(key, format);
  return format.format(date);
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - new Date(date).setUTCMonth(0, 1)) / DAY_MS) + 1;
}

/** Days before the first one on which weeks begin belong to week 0. */
function weekOfYear(date: Date, firstDay: number): number {
  const daysSince = (date.getUTCDay() - firstDay + 7) % 7;
  return Math.floor((dayOfYear(date) - 1 - daysSince + 7) / 7);
}

function shortYear(date: Date): number {
  return ((date.getUTCFullYear() % 100) + 100) % 100;
}

/** Of the week that begins on a Monday: the year and the number of a week are those of its Thursday (ISO 8601). */
function thursdayOf(date: Date): Date {
  return new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * DAY_MS);
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

function fraction({ date }: Shown, { width, use }: How): string {
  const digits = width || 9;
  use(digits);
  return String(date.getUTCMilliseconds()).padStart(3, '0').slice(0, digits).padEnd(digits, '0');
}

function offsetText(offset: number, withColon: boolean): string {
  const minutes = Math.floor(Math.abs(offset) / 60_000);
  const two = (count: number) => String(count).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${withColon ? ':' : ''}${two(minutes % 60)}`;
}
