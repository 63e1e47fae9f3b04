import { Context, Drop, toValue, type Liquid } from 'liquidjs';
import type { Allowance } from './allowance.ts';
import { OverLimit } from './allowance.ts';
import { LIMITS } from './limits.ts';
import { Markup } from './values/markup.ts';
import { Seen, type SeenNames } from './seen.ts';

type Limiter = Context['memoryLimit'];

/** What a template may read of the engine's own values: those of loops and blocks. */
const OF_LOOPS: ReadonlySet<unknown> = new Set(
  'index index0 rindex rindex0 first last length col col0 row col_first col_last super'.split(' '),
);

/**
 * The names of one rendering. Every access to a member of anything passes `readProperty`, which gives nothing but data: no
 * prototype, no method, no name that a value was not made with.
 */
export class TemplateContext extends Context {
  readonly #names: SeenNames;
  readonly #allowance: Allowance;
  readonly #depth: number;
  #pushed = 0;

  constructor(liquid: Liquid, names: SeenNames, allowance: Allowance, scope: object = Object.create(null), depth = 0) {
    // The engine's own limiters count what ours do, but say nothing of a single value.
    const limiter = allowance as unknown as Limiter;
    super(scope, liquid.options, { globals: names }, { memoryLimit: limiter, renderLimit: limiter, liquid });
    this.#names = names;
    this.#allowance = allowance;
    this.#depth = depth;
    this.#mayNest();
    // The engine's own table of blocks has the names of every object.
    this.setRegister('blocks', Object.create(null));
  }

  override readProperty(value: unknown, key: unknown): unknown {
    if (value === undefined || value === null) return undefined;
    const name: unknown = toValue(key as string);
    if (value instanceof Seen) return value.read(String(name));
    if (value instanceof Markup) return this.readProperty(value.valueOf(), name);
    if (value instanceof Drop) return OF_LOOPS.has(name) ? partOfLoop(value, String(name)) : undefined;
    if (typeof value === 'string') return name === 'size' ? value.length : undefined;
    if (Array.isArray(value)) return partOfList(value, name);
    return typeof value === 'object' ? memberOf(value, String(name)) : undefined;
  }

  override spawn(scope: object = {}): TemplateContext {
    // The engine looks for names in it with `in`, which tells nothing of what is read when asked for.
    const data = scope instanceof Seen ? scope.toJSON() : scope;
    return new TemplateContext(this.liquid as Liquid, this.#names, this.#allowance, data, this.#depth + 1);
  }

  override push(scope: object): number {
    this.#pushed += 1;
    this.#mayNest();
    return super.push(scope);
  }

  override pop() {
    this.#pushed -= 1;
    return super.pop();
  }

  #mayNest(): void {
    if (this.#depth + this.#pushed > LIMITS.nesting) {
      throw new OverLimit(`${LIMITS.nesting} blocks or templates in each other. Does a template include itself?`);
    }
  }
}

function partOfLoop(value: Drop, name: string): unknown {
  const part: unknown = value[name];
  const read: unknown = typeof part === 'function' ? part.call(value) : part;
  return name === 'super' && read !== undefined ? markedUp(read) : read;
}

/** The block of the layout, rendered. */
function* markedUp(block: unknown): Generator<unknown, Markup, unknown> {
  return new Markup(String(yield block));
}

function partOfList(list: readonly unknown[], name: unknown): unknown {
  if (name === 'size') return list.length;
  if (name === 'first') return list[0];
  if (name === 'last') return list.at(-1);
  const index = typeof name === 'number' ? name : /^-?\d{1,9}$/.test(String(name)) ? Number(name) : Number.NaN;
  return Number.isInteger(index) ? list.at(index) : undefined;
}

function memberOf(mapping: object, name: string): unknown {
  if (Object.hasOwn(mapping, name)) return (mapping as Readonly<Record<string, unknown>>)[name];
  return name === 'size' ? Object.keys(mapping).length : undefined;
}
