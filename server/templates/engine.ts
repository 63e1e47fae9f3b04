import { Liquid, toPromise, type Context, type Template } from 'liquidjs';
import { parentPath, resolvePath, ROOT } from '../../schema/paths.ts';
import { BoundedText, OUTPUT, OverLimit } from './allowance.ts';
import { TemplateContext } from './context.ts';
import { causeOf } from './fault.ts';
import { guardFilters } from './filters.ts';
import { LIMITS } from './limits.ts';
import './values/literals.ts';
import { printed, textOf } from './values/markup.ts';
import { UNSAVED, type Job, type Rendered, type Source } from './protocol.ts';
import { OPERATORS } from './values/reckoning.ts';
import { Rendering, type Ask } from './rendering.ts';
import { EchoTag, MarkupTag, Redirected, RedirectTag, SessionTag } from './tags.ts';

/** Characters of template text that are kept parsed; beyond that all of it is forgotten. */
const MOST_PARSED = 1_000_000;

/** Parses and renders, one template at a time. Parsed ones are kept by the number of their state. */
export class Engine extends Liquid {
  readonly #parsed = new Map<string, readonly Template[]>();
  #parsedSize = 0;
  #rendering: Rendering | undefined;

  constructor() {
    super({ strictFilters: true, ownPropertyOnly: true, outputEscape: printed, operators: OPERATORS });
    guardFilters(this);
    this.registerTag('capture', MarkupTag);
    this.registerTag('echo', EchoTag);
    this.registerTag('session', SessionTag);
    this.registerTag('redirect', RedirectTag);
    const { renderer } = this;
    const render = renderer.renderTemplates.bind(renderer);
    renderer.renderTemplates = (templates, context, into = new BoundedText()) => render(templates, context, into);
  }

  get rendering(): Rendering {
    if (this.#rendering === undefined) throw new Error('Nothing is being rendered.');
    return this.#rendering;
  }

  async renderJob(job: Job, ask: Ask): Promise<Rendered> {
    const rendering = new Rendering(job, ask);
    this.#rendering = rendering;
    const context = new TemplateContext(this, rendering.names, rendering.allowance);
    const output = new BoundedText();
    const redirect = await this.#write(job.source, context, output);
    if (Buffer.byteLength(output.buffer) > LIMITS.outputBytes) throw new OverLimit(OUTPUT);
    const touched = { ...rendering.names.touched, volatile: rendering.isVolatile };
    return { body: redirect === undefined ? output.buffer : '', redirect, touched };
  }

  /** For tags that bring in another template: by a path from the folder of the one they stand in. */
  override *_parsePartialFile(file: string, _sync?: boolean, from = ROOT): Generator<unknown, Template[], Template[]> {
    return yield this.#included(file, from);
  }

  override *_parseLayoutFile(file: string, _sync?: boolean, from = ROOT): Generator<unknown, Template[], Template[]> {
    return yield this.#included(file, from);
  }

  /** Gives where the template sends the visitor, if it does. */
  async #write(source: Source, context: Context, output: BoundedText): Promise<string | undefined> {
    try {
      const templates = await this.#parsedOf(source);
      await toPromise(this.renderer.renderTemplates([...templates], context, output));
      return undefined;
    } catch (error) {
      const cause = causeOf(error);
      if (cause instanceof Redirected) return cause.target;
      throw error;
    }
  }

  async #included(given: unknown, from: string): Promise<readonly Template[]> {
    const file = textOf(given);
    const path = resolvePath(file, parentPath(from) ?? ROOT);
    const source = path === undefined ? undefined : await this.rendering.template(path);
    if (source === undefined) throw new Error(`There is no page template '${path ?? file}'.`);
    return this.#parsedOf(source);
  }

  async #parsedOf({ number, path }: Source): Promise<readonly Template[]> {
    // A path is part of the key because what a template includes is found from its folder.
    const key = `${number} ${path}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    const text = await this.rendering.text(path);
    const templates = this.parse(text, path);
    if (number === UNSAVED) return templates;
    if (this.#parsedSize + text.length > MOST_PARSED) this.#forget();
    this.#parsed.set(key, templates);
    this.#parsedSize += text.length;
    return templates;
  }

  #forget(): void {
    this.#parsed.clear();
    this.#parsedSize = 0;
  }
}
