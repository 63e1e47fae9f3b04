import { Decimal } from 'decimal.js';
import { Drop, toValue, type Comparable } from 'liquidjs';

/** Calculates with 34 digits, as decimal128 does: what a calculation costs does not depend on who gives its numbers. */
const Exact = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_UP, modulo: Decimal.ROUND_FLOOR });
/** Digits that a number of JavaScript keeps, whatever they are. */
const SAFE_DIGITS = 15;
const PRINTED_DIGITS = 20;
const TOO_LARGE = new Exact(10).pow(PRINTED_DIGITS);
const LONGEST_TEXT = 60;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/** A value that is calculated with and is no number. */
class NoNumber extends Error {}

/** A number with more digits than a number of JavaScript keeps. Whatever does not know it reads the nearest of those. */
export class ManyDigits extends Drop implements Comparable {
  readonly #exact: Decimal;

  constructor(exact: Decimal) {
    super();
    this.#exact = exact;
  }

  get exact(): Decimal {
    return this.#exact;
  }

  override valueOf(): number {
    return this.#exact.toNumber();
  }

  /** To the last digit; a text is no number, as everywhere where equality is asked about. */
  equals(other: unknown): boolean {
    return isNumeric(other) && this.#exact.eq(decimalOf(other));
  }

  gt(other: unknown): boolean {
    return this.#order(other) > 0;
  }

  geq(other: unknown): boolean {
    return this.#order(other) >= 0;
  }

  lt(other: unknown): boolean {
    return this.#order(other) < 0;
  }

  leq(other: unknown): boolean {
    return this.#order(other) <= 0;
  }

  override toString(): string {
    return this.#exact.toDecimalPlaces(PRINTED_DIGITS).toSignificantDigits(PRINTED_DIGITS).toFixed();
  }

  toJSON(): number {
    return this.valueOf();
  }

  #order(other: unknown): number {
    return isNumeric(other) ? this.#exact.cmp(decimalOf(other)) : Number.NaN;
  }
}

export function isMissing(value: unknown): boolean {
  const bare: unknown = toValue(value as string);
  return bare === undefined || bare === null;
}

export function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || value instanceof ManyDigits;
}

/** The number that a value is, or nothing: a number, or a text of digits with a point for decimals: nobody types 1e3 for a thousand. */
export function findDecimal(value: unknown): Decimal | undefined {
  if (value instanceof ManyDigits) return value.exact;
  const bare: unknown = toValue(value as string);
  if (typeof bare === 'number') return Number.isFinite(bare) ? new Exact(bare) : undefined;
  const text = typeof bare === 'string' ? bare.trim() : '';
  return text.length <= LONGEST_TEXT && NUMBER.test(text) ? new Exact(text) : undefined;
}

/** The number that a value is, or an error that says what would be right. */
export function decimalOf(value: unknown): Decimal {
  const decimal = findDecimal(value);
  if (decimal === undefined) throw new NoNumber(whatIsWrong(toValue(value as string)));
  if (decimal.abs().gte(TOO_LARGE)) throw new NoNumber(tooLarge(String(toValue(value as string))));
  return decimal;
}

/** A result as the templates go on with it. */
export function numberFrom(result: Decimal): number | ManyDigits {
  if (result.abs().gte(TOO_LARGE)) throw new NoNumber(tooLarge('The result'));
  const isPlain = result.isZero() || result.abs().gte(1e-6);
  return isPlain && result.precision() <= SAFE_DIGITS ? result.toNumber() : new ManyDigits(result);
}

function tooLarge(what: string): string {
  return `${shortened(what)} is too large: pages calculate with up to ${PRINTED_DIGITS} digits before the point`;
}

function whatIsWrong(value: unknown): string {
  if (value === undefined || value === null) {
    return 'there is no value to calculate with. Where one may be missing say what holds then, as in: price | default: 0';
  }
  if (typeof value !== 'string') return `${kindOf(value)} is not a number`;
  if (value.length > LONGEST_TEXT && /^[\s\d.+-]*$/.test(value)) {
    return `${shortened(value)} is too long: a number has at most ${LONGEST_TEXT} characters`;
  }
  const digits = digitsIn(value);
  const right = digits === undefined ? 'digits, with a point before decimals: 3.50' : digits;
  return `"${shortened(value)}" is not a number. Write ${right}`;
}

/** What a text with a comma probably means: the last sign before decimals is the point. */
function digitsIn(text: string): string | undefined {
  const [, sign = '', whole = '', decimals] =
    /^([+-]?)(\d[\d.,' \u00a0\u202f]*?)(?:[.,](\d+))?$/.exec(text.trim()) ?? [];
  if (text.length > LONGEST_TEXT || whole === '') return undefined;
  return `${sign}${whole.replaceAll(/\D/g, '')}${decimals === undefined ? '' : `.${decimals}`}`;
}

function kindOf(value: unknown): string {
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : 'what stands here';
}

function shortened(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
