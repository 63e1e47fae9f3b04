import { toValue } from 'liquidjs';
import { textOf } from './markup.ts';
import { decimalOf } from './numbers.ts';

const PLACES = 2;
const MOST_FORMATS = 100;
const CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

const formats = new Map<string, Intl.NumberFormat>();

/** An amount: with two decimals and a point, or with its currency as a language writes it. */
export function money(value: unknown, currency: unknown, language: string): string {
  const amount = decimalOf(value);
  const code: unknown = toValue(currency as string);
  // Rounded first: what is nothing then has no minus.
  if (code === undefined || code === null) return amount.toDecimalPlaces(PLACES).toFixed(PLACES);
  if (typeof code !== 'string' || !CODES.has(code)) {
    throw new Error(`'${textOf(code).slice(0, 60)}' is no currency. Write its code: EUR, USD or JPY`);
  }
  // As text, so that it is not made a binary fraction on the way.
  return formatOf(language, code).format(amount.toFixed() as Intl.StringNumericLiteral);
}

function formatOf(language: string, currency: string): Intl.NumberFormat {
  const key = `${language} ${currency}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  if (formats.size >= MOST_FORMATS) formats.clear();
  const format = new Intl.NumberFormat(language, { style: 'currency', currency, signDisplay: 'negative' });
  formats.set(key, format);
  return format;
}
