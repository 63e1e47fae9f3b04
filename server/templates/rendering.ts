import { Allowance } from './allowance.ts';
import { LIMITS } from './limits.ts';
import type { BrowserFacts, Job, ListingPage, ObjectFacts, Plain, TemplateQuestion, Source } from './protocol.ts';
import { plain } from './plain.ts';
import { SeenNames, SeenObject, type ValueSource } from './seen.ts';

/** Asks the server; what comes back is what each question's answer is said to be. */
export type Ask = (question: TemplateQuestion) => Promise<unknown>;

/** One rendering as tags and filters meet it. */
export class Rendering implements ValueSource {
  readonly allowance = new Allowance();
  readonly names: SeenNames;
  /** In which amounts and dates are written. */
  readonly language: string;
  readonly zone: string;
  /** It showed the time or something random. */
  isVolatile = false;
  readonly #ask: Ask;
  readonly #objects = new Map<string, SeenObject | undefined>();
  readonly #session = new Map<string, Plain>();
  #browser: Promise<BrowserFacts | null> | undefined;

  constructor(job: Job, ask: Ask) {
    this.#ask = ask;
    this.language = job.names.language;
    this.zone = job.names.zone;
    this.names = new SeenNames(job.names, this);
  }

  async object(path: string): Promise<SeenObject | undefined> {
    if (this.#objects.has(path)) return this.#objects.get(path);
    const facts = (await this.#ask({ ask: 'object', path })) as ObjectFacts | null;
    const object = facts === null ? undefined : new SeenObject(facts, this);
    this.#objects.set(path, object);
    return object;
  }

  children(path: string): Promise<readonly SeenObject[]> {
    return this.listing(path, { offset: 0, limit: LIMITS.listing, sort: 'id', order: 'asc' });
  }

  async listing(path: string, page: ListingPage): Promise<readonly SeenObject[]> {
    const all = (await this.#ask({ ask: 'children', path, page })) as readonly ObjectFacts[];
    return all.map((facts) => new SeenObject(facts, this));
  }

  async sessionValue(key: string): Promise<Plain> {
    const known = this.#session.get(key);
    if (known !== undefined) return known;
    const value = plain(await this.#ask({ ask: 'session', key }), this.allowance);
    this.#session.set(key, value);
    return value;
  }

  browserValue(name: string): Promise<Plain> {
    this.#browser ??= this.#ask({ ask: 'browser' }) as Promise<BrowserFacts | null>;
    return this.#browser.then((browser) => (name === 'id' || name === 'source' ? (browser?.[name] ?? null) : null));
  }

  async keep(key: string, value: Plain): Promise<void> {
    const isThere = await this.#ask({ ask: 'keep', key, value });
    if (isThere === true) this.#session.set(key, value);
    // What is kept may be the first that this browser has here.
    this.#browser = undefined;
  }

  async template(path: string): Promise<Source | undefined> {
    return ((await this.#ask({ ask: 'template', path })) as Source | null) ?? undefined;
  }

  async text(path: string): Promise<string> {
    return (await this.#ask({ ask: 'text', path })) as string;
  }
}
