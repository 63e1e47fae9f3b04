import type { Decimal } from 'decimal.js';
import { defaultOperators, filters, toValue, type Operators } from 'liquidjs';
import { Markup, type Handler } from './markup.ts';
import { decimalOf, findDecimal, isMissing, isNumeric, numberFrom } from './numbers.ts';

const MOST_PLACES = 20;

/** Filters that calculate, in decimals and not in the engine's binary fractions. What is no number is an error. */
export const NUMBER_FILTERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['plus', counting((value, other) => value.plus(other))],
  ['minus', counting((value, other) => value.minus(other))],
  ['times', by((value, other) => value.times(other))],
  ['divided_by', (value, by, isWhole) => numberFrom(divided(decimalOf(value), decimalOf(by), isWhole === true))],
  ['modulo', by((value, other) => value.mod(notZero(other)))],
  ['at_least', by((value, other) => (value.gt(other) ? value : other))],
  ['at_most', by((value, other) => (value.lt(other) ? value : other))],
  ['abs', (value) => numberFrom(decimalOf(value).abs())],
  ['ceil', (value) => numberFrom(decimalOf(value).ceil())],
  ['floor', (value) => numberFrom(decimalOf(value).floor())],
  ['round', (value, places = 0) => numberFrom(rounded(decimalOf(value), decimalOf(places)))],
  ['to_integer', (value) => numberFrom(decimalOf(value).trunc())],
  ['number', (value, otherwise) => asNumber(value, otherwise)],
  ['sum', sum],
  ['sort_numeric', sortNumeric],
]);

/** Comparisons in which a number or a text of digits stands; of two texts the engine's own, by letters. */
export const OPERATORS: Operators = {
  ...defaultOperators,
  '<': comparing('<', (order) => order < 0),
  '>': comparing('>', (order) => order > 0),
  '<=': comparing('<=', (order) => order <= 0),
  '>=': comparing('>=', (order) => order >= 0),
};

function by(calculate: (value: Decimal, other: Decimal) => Decimal): Handler {
  return (value, other) => numberFrom(calculate(decimalOf(value), decimalOf(other)));
}

/** As in Liquid, a count begins at 0: `session.visits | plus: 1`. What is added has to be there. */
function counting(calculate: (value: Decimal, other: Decimal) => Decimal): Handler {
  return (value, other) => numberFrom(calculate(isMissing(value) ? decimalOf(0) : decimalOf(value), decimalOf(other)));
}

function divided(value: Decimal, other: Decimal, isWhole: boolean): Decimal {
  const result = value.div(notZero(other));
  return isWhole ? result.floor() : result;
}

function notZero(divisor: Decimal): Decimal {
  if (divisor.isZero()) throw new Error('nothing can be divided by 0');
  return divisor;
}

/** Halves go away from zero. With fewer than no places to tens, hundreds and so on. */
function rounded(value: Decimal, places: Decimal): Decimal {
  if (!places.isInteger() || places.abs().gt(MOST_PLACES)) {
    throw new Error(`a number is rounded to ${-MOST_PLACES} to ${MOST_PLACES} places`);
  }
  const count = places.toNumber();
  return count >= 0 ? value.toDecimalPlaces(count) : value.toNearest(`1e${-count}`);
}

/** For what visitors type: a number where it is one, and otherwise nothing, or what is given for that. */
function asNumber(value: unknown, otherwise: unknown): unknown {
  const decimal = findDecimal(value);
  return decimal === undefined || decimal.abs().gte('1e20') ? otherwise : numberFrom(decimal);
}

function* sum(this: unknown, list: unknown, property: unknown): Generator<unknown, unknown, readonly unknown[]> {
  const values = yield* numbersIn.call(this, list, property);
  return numberFrom(values.reduce((total, value) => total.plus(value), decimalOf(0)));
}

/** Like `sort`, which puts "10" before "9": texts are sorted by letters. */
function* sortNumeric(
  this: unknown,
  list: unknown,
  property: unknown,
): Generator<unknown, unknown, readonly unknown[]> {
  const values = yield* numbersIn.call(this, list, property);
  const items = asList(list).map((item, index) => ({ item, value: values[index] ?? decimalOf(0) }));
  return items.sort((one, other) => one.value.cmp(other.value)).map(({ item }) => item);
}

function* numbersIn(
  this: unknown,
  list: unknown,
  property: unknown,
): Generator<unknown, readonly Decimal[], readonly unknown[]> {
  const map = filters['map'] as Handler;
  const values =
    property === undefined ? asList(list) : yield* map.call(this, list, property) as ReturnType<typeof sum>;
  return (values as readonly unknown[]).map(decimalOf);
}

function asList(list: unknown): readonly unknown[] {
  if (isMissing(list)) return [];
  const bare: unknown = toValue(list as string);
  return Array.isArray(bare) ? bare : [bare];
}

function comparing(name: '<' | '>' | '<=' | '>=', holds: (order: number) => boolean): Operators[string] {
  const engines = defaultOperators[name] as Handler;
  return function (this: unknown, left: unknown, right: unknown) {
    if (!isAboutNumbers(left, right)) return engines.call(this, left, right);
    return holds(decimalOf(left).cmp(decimalOf(right)));
  } as Operators[string];
}

function isAboutNumbers(left: unknown, right: unknown): boolean {
  const isText = (value: unknown) => typeof value === 'string' || value instanceof Markup;
  if (isNumeric(left)) return isNumeric(right) || isText(right);
  if (isNumeric(right)) return isText(left);
  return isText(left) && isText(right) && findDecimal(left) !== undefined && findDecimal(right) !== undefined;
}
