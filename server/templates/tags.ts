import {
  CaptureTag,
  Tag,
  toValue,
  Value,
  type Context,
  type Emitter,
  type Liquid,
  type TagToken,
  type TopLevelToken,
} from 'liquidjs';
import type { Engine } from './engine.ts';
import { Markup, printed } from './values/markup.ts';
import { plain } from './plain.ts';

/** `{% session cart = value %}` keeps a value in the visitor's session; nil deletes it. */
export class SessionTag extends Tag {
  readonly #key: string;
  readonly #value: Value;

  constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
    super(token, rest, liquid);
    this.#key = this.tokenizer.readIdentifier().content;
    this.tokenizer.skipBlank();
    const isWhole = this.#key !== '' && this.tokenizer.peek() === '=';
    this.tokenizer.assert(isWhole, () => 'expected a name and a value: {% session name = value %}');
    this.tokenizer.advance();
    this.#value = new Value(this.tokenizer.readFilteredValue(), liquid);
  }

  override *render(context: Context): Generator<unknown, void, unknown> {
    const { rendering } = this.liquid as Engine;
    const value = plain(yield this.#value.value(context), rendering.allowance);
    yield rendering.keep(this.#key, value);
  }
}

/** The template sends the visitor elsewhere; nothing after it is rendered. */
export class Redirected extends Error {
  readonly target: string;

  constructor(target: string) {
    super(`Redirected to ${target}`);
    this.target = target;
  }
}

/** `{% redirect '/shop/cart' %}` */
export class RedirectTag extends Tag {
  readonly #target: Value;

  constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
    super(token, rest, liquid);
    this.#target = new Value(this.tokenizer.readFilteredValue(), liquid);
  }

  override *render(context: Context): Generator<unknown, void, unknown> {
    throw new Redirected(printedPath(toValue(yield this.#target.value(context))));
  }
}

/** A path on this site, as this program prints it, so that no spelling of it means another site to a browser. */
function printedPath(target: unknown): string {
  const here = 'http://here.invalid';
  const url = typeof target === 'string' && target.startsWith('/') ? URL.parse(target, here) : null;
  if (url === null || url.origin !== here || /^\/[/\\]/.test(url.pathname)) {
    throw new Error(`'${String(target).slice(0, 200)}' is no path on this site. Give one such as '/shop/cart'`);
  }
  return url.pathname + url.search + url.hash;
}

/** `{% capture name %}…{% endcapture %}` keeps what a part of the template makes, which is markup. */
export class MarkupTag extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    const html = yield this.liquid.renderer.renderTemplates(this.templates, context);
    context.bottom()[this.variable] = new Markup(html);
  }
}

/** `{% echo value %}` prints what `{{ value }}` prints. */
export class EchoTag extends Tag {
  readonly #value: Value | undefined;

  constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
    super(token, rest, liquid);
    this.tokenizer.skipBlank();
    this.#value = this.tokenizer.end() ? undefined : new Value(this.tokenizer.readFilteredValue(), liquid);
  }

  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    if (this.#value !== undefined) emitter.write(printed(yield this.#value.value(context)));
  }
}
