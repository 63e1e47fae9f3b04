import { toValue } from 'liquidjs';
import { dateFilters } from './dates.ts';
import type { Engine } from './engine.ts';
import { LIMITS } from './limits.ts';
import { Markup, MARKUP_FILTERS, PASSING, type Handler } from './values/markup.ts';
import { money } from './values/money.ts';
import { LISTING_SORTS } from './protocol.ts';
import { findDecimal } from './values/numbers.ts';
import { NUMBER_FILTERS } from './values/reckoning.ts';
import { SeenObject } from './seen.ts';

/**
 * Puts ours in place of the engine's or beside them, measures what every filter makes, and takes away the one that would
 * print unescaped. `raw` would let anybody
 * who may write a session, a title or a form value write into a page; text that is to be markup stands in a template.
 */
export function guardFilters(engine: Engine): void {
  engine.unregisterFilter('raw');
  const engines = Object.entries(engine.filters).map(
    ([name, options]) => [name, typeof options === 'function' ? options : options.handler] as const,
  );
  for (const [name, handler] of new Map<string, Handler>([...engines, ...oursIn(engine)] as [string, Handler][])) {
    const isKept = MARKUP_FILTERS.has(name) || PASSING.has(name);
    engine.registerFilter(name, function* (...given: unknown[]): Generator<unknown, unknown, unknown> {
      const { rendering } = engine;
      const [value, ...args] = isKept ? given : given.map(withoutMarkup);
      if (name === 'sample') rendering.isVolatile = true;
      const made = yield handler.call(this, value, ...args);
      rendering.allowance.measure(made);
      return made;
    });
  }
}

function oursIn(engine: Engine): readonly (readonly [string, Handler])[] {
  return [
    ...MARKUP_FILTERS,
    ...NUMBER_FILTERS,
    ['money', (value, currency) => money(value, currency, engine.rendering.language)],
    ...dateFilters(() => engine.rendering),
    ['children', (folder, ...args) => children(engine, folder, args)],
  ];
}

function withoutMarkup(value: unknown): unknown {
  return value instanceof Markup ? value.valueOf() : value;
}

const LISTING_OPTIONS: readonly string[] = ['limit', 'offset', 'sort', 'order'];

/** `folder | children: limit: 20, offset: 40, sort: 'modified', order: 'desc'` */
function children(engine: Engine, folder: unknown, args: readonly unknown[]): unknown {
  if (!(folder instanceof SeenObject)) return [];
  const options = new Map(args.filter(Array.isArray).map(([name, value]) => [String(name), toValue(value)]));
  const unknown = [...options.keys()].find((name) => !LISTING_OPTIONS.includes(name));
  if (unknown !== undefined) throw new Error(`'${unknown}' is nothing to list by. Use ${LISTING_OPTIONS.join(', ')}`);
  const count = (name: string, otherwise: number, most: number) => {
    const number = findDecimal(options.get(name))?.toNumber() ?? otherwise;
    return Number.isInteger(number) && number >= 0 ? Math.min(number, most) : otherwise;
  };
  const choice = <Word extends string>(name: string, words: readonly [Word, ...Word[]]) => {
    const wanted = String(options.get(name) ?? words[0]);
    const word = words.find((each) => each === wanted);
    if (word === undefined) throw new Error(`'${wanted.slice(0, 60)}' is no ${name}. Use ${words.join(', ')}`);
    return word;
  };
  return engine.rendering.listing(folder.valueOf(), {
    offset: count('offset', 0, Number.MAX_SAFE_INTEGER),
    limit: count('limit', LIMITS.listing, LIMITS.longestListing),
    sort: choice('sort', LISTING_SORTS),
    order: choice('order', ['asc', 'desc']),
  });
}
