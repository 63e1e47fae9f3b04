import { Drop, filters, toValue } from 'liquidjs';
import { ManyDigits } from './numbers.ts';

const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&#34;'],
  ["'", '&#39;'],
]);
const ENTITIES: ReadonlyMap<string, string> = new Map(
  [...CHARACTERS].map(([character, entity]) => [entity, character]),
);

/**
 * HTML that is printed as it is: what a template captured, or a filter marked up. It is made only of what a template has
 * in its own text and of values that were escaped on the way in. Whatever does not know it reads the text that it shows.
 */
export class Markup extends Drop {
  readonly html: string;

  constructor(html: string) {
    super();
    this.html = html;
  }

  override valueOf(): string {
    return unescaped(this.html);
  }

  override toString(): string {
    return this.valueOf();
  }

  toJSON(): string {
    return this.valueOf();
  }
}

/** A value as it stands in a page: escaped, and nothing is escaped twice. */
export function printed(value: unknown): string {
  if (value instanceof Markup) return value.html;
  if (Array.isArray(value)) return value.map(printed).join('');
  return textOf(value).replaceAll(/[&<>"']/g, (character) => CHARACTERS.get(character) ?? '');
}

/** A value as text, as the engine's own filters read it. */
export function textOf(value: unknown): string {
  if (value instanceof ManyDigits) return value.toString();
  const bare: unknown = toValue(value as string);
  if (bare === undefined || bare === null) return '';
  return Array.isArray(bare) ? bare.map(textOf).join('') : String(bare as string);
}

/** Values that a filter passes on as they are, so that markup stays markup. */
export const PASSING: ReadonlySet<string> = new Set(['concat', 'push', 'unshift']);

/** A filter: what it makes of a value. */
export type Handler = (this: unknown, value: unknown, ...args: unknown[]) => unknown;

/** White space is no markup: without it HTML is HTML. Which characters are to go may be said, and then it is about the text. */
const TRIMMING = 'strip lstrip rstrip strip_newlines squish normalize_whitespace'.split(' ');

/**
 * Filters that make or know markup, in place of the engine's. What they escape is escaped when it is printed, which
 * everything is: so a text can go through others after `escape` and is still escaped once.
 */
export const MARKUP_FILTERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['escape', (value) => (value instanceof Markup ? value : textOf(value))],
  ['xml_escape', (value) => (value instanceof Markup ? value : textOf(value))],
  ['escape_once', (value) => (value instanceof Markup ? value : unescaped(textOf(value)))],
  ['newline_to_br', (value) => new Markup(printed(value).replaceAll(/\r?\n/g, '<br />\n'))],
  ['strip_html', stripHtml],
  ['append', (value, ...args) => joined('append', [value, ...args])],
  ['prepend', (value, ...args) => joined('prepend', [...args, value])],
  ['join', join],
  ['default', byDefault],
  ...TRIMMING.map((name) => [name, trimming(name)] as const),
]);

function unescaped(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt|#34|#39);/g, (entity) => ENTITIES.get(entity) ?? '');
}

function engines(name: string): Handler {
  return filters[name] as Handler;
}

/** The text without the tags; in markup what was escaped is no tag. */
function stripHtml(this: unknown, value: unknown): unknown {
  const strip = engines('strip_html');
  return value instanceof Markup ? unescaped(String(strip.call(this, value.html))) : strip.call(this, value);
}

function joined(name: string, parts: readonly unknown[]): unknown {
  if (parts.length !== 2) throw new Error(`'${name}' takes one text, as in {{ here.title | ${name}: "…" }}`);
  const isMarkup = parts.some((part) => part instanceof Markup);
  return isMarkup ? new Markup(parts.map(printed).join('')) : parts.map(textOf).join('');
}

function join(this: unknown, value: unknown, separator: unknown = ' '): unknown {
  const isMarkup = Array.isArray(value) && [...value, separator].some((part) => part instanceof Markup);
  if (!isMarkup) return engines('join').call(this, value, separator);
  return new Markup(value.map(printed).join(printed(separator ?? ' ')));
}

function byDefault(this: unknown, value: unknown, ...args: unknown[]): unknown {
  const isKept = value instanceof ManyDigits || (value instanceof Markup && value.html !== '');
  return isKept ? value : engines('default').call(this, value, ...args);
}

function trimming(name: string): Handler {
  return function (this: unknown, value: unknown, ...args: unknown[]): unknown {
    const isMarkup = value instanceof Markup && args.length === 0;
    const trimmed = engines(name).call(this, isMarkup ? value.html : value, ...args);
    return isMarkup ? new Markup(String(trimmed)) : trimmed;
  };
}
