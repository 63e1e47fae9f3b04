import { encodeUrlPath, parsePath } from '../../../schema/paths.ts';
import { Forbidden } from '../../base/errors.ts';
import { capability } from '../../objects/capability.ts';
import type { TreeObject } from '../../objects/object.ts';
import type { Call } from '../../publisher/call.ts';
import type { Failure } from '../../publisher/request.ts';
import { LIMITS } from '../../templates/limits.ts';
import {
  UNSAVED,
  type BrowserFacts,
  type ListingPage,
  type ObjectFacts,
  type Plain,
  type TemplateQuestion,
  type Source,
} from '../../templates/protocol.ts';
import { TemplateFault } from '../../templates/renderer.ts';
import { timeText } from '../../manage/describe.ts';
import { Saying } from '../../manage/saying.ts';
import { currentBrowser, currentSession } from '../sessions/current-session.ts';
import type { Session } from '../../sessions/session.ts';

/** An object whose text pages can include as a template. */
export const PAGE_TEMPLATE = capability<string>('page.template', 'a page template');

const SESSION = 'Access session data';

/** What is special about a rendering. */
export interface Special {
  /** Stands in for the template's own text; nothing is kept. */
  readonly unsaved?: string;
  /** What failed, where the page is about that. */
  readonly failure?: Failure;
}

/** What one rendering learns of the tree and of the visitor's session: what the visitor may see, and so much of it. */
export class PageAnswers {
  readonly #call: Call;
  readonly #special: Special;
  #questions = 0;
  #objects = 0;

  /**
   * With an unsaved text, which stands in for the template's own, the session is looked at and not changed. A page about a
   * failure has no session at all: it may be what failed.
   */
  constructor(call: Call, special: Special) {
    this.#call = call;
    this.#special = special;
  }

  async answer(question: TemplateQuestion): Promise<unknown> {
    this.#count(1, 0);
    switch (question.ask) {
      case 'text':
        return this.#text(question.path);
      case 'template':
        return this.#template(question.path);
      case 'object':
        return this.#object(question.path);
      case 'children':
        return this.#children(question.path, question.page);
      case 'session':
        return (await this.#session())?.get(question.key) ?? null;
      case 'browser':
        return this.#browser();
      case 'keep':
        return this.#keep(question.key, question.value);
    }
  }

  async #text(path: string): Promise<string | null> {
    if (path === this.#call.object.path && this.#special.unsaved !== undefined) return this.#special.unsaved;
    const object = await this.#find(path);
    return object === undefined ? null : object.provide(PAGE_TEMPLATE);
  }

  async #template(path: string): Promise<Source | null> {
    const object = await this.#find(path);
    if (object?.doesProvide(PAGE_TEMPLATE) !== true) return null;
    const isUnsaved = this.#special.unsaved !== undefined && object === this.#call.object;
    return { number: isUnsaved ? UNSAVED : stateNumber(object), path: object.path };
  }

  async #object(path: string): Promise<ObjectFacts | null> {
    const object = await this.#find(path);
    return object === undefined ? null : factsOf(object, this.#call);
  }

  async #children(path: string, { offset, limit, sort, order }: ListingPage): Promise<readonly ObjectFacts[]> {
    const folder = await this.#find(path);
    if (folder?.isFolder !== true) return [];
    this.#call.reads.listing(folder);
    const page = await this.#call.tree.children(folder, { offset, limit, sort, order, filter: '' });
    this.#count(0, page.objects.length);
    return page.objects.filter((child) => this.#call.may('View', child)).map((child) => factsOf(child, this.#call));
  }

  /** What the visitor may not see is as absent. */
  async #find(path: string): Promise<TreeObject | undefined> {
    const { tree, reads } = this.#call;
    const ids = parsePath(path);
    if (ids === undefined) return undefined;
    let object: TreeObject | undefined = await tree.root();
    for (const id of ids) {
      const folder: TreeObject = object;
      object = await tree.findChild(folder, id);
      if (object === undefined) {
        reads.listing(folder);
        return undefined;
      }
    }
    reads.object(object);
    return this.#call.may('View', object) ? object : undefined;
  }

  async #session(): Promise<Session | undefined> {
    if (this.#special.failure !== undefined) return undefined;
    this.#call.reads.never();
    return this.#call.may(SESSION, this.#call.object) ? currentSession(this.#call) : undefined;
  }

  /** A page looks: it gives no browser an id. */
  async #browser(): Promise<BrowserFacts | null> {
    this.#call.reads.never();
    if (!this.#call.may(SESSION, this.#call.object)) return null;
    const browser = await currentBrowser(this.#call);
    return browser.hasId ? { id: browser.getId(), source: browser.source } : null;
  }

  /** Whether the template finds it there from then on. */
  async #keep(key: string, value: Plain): Promise<boolean> {
    if (this.#special.failure !== undefined) return false;
    if (this.#special.unsaved !== undefined) return true;
    const session = await this.#session();
    if (session === undefined)
      throw new Forbidden(`You may not have a session here: it needs the permission '${SESSION}'.`);
    if (value === null) session.delete(key);
    else session.set(key, value);
    return true;
  }

  #count(questions: number, objects: number): void {
    this.#questions += questions;
    this.#objects += objects;
    if (this.#questions > LIMITS.questions)
      throw this.#tooMuch(`${LIMITS.questions} questions about the tree and the session`);
    if (this.#objects > LIMITS.objects) throw this.#tooMuch(`${LIMITS.objects} objects in its listings`);
  }

  #tooMuch(what: string): TemplateFault {
    const message = `It takes more than a page may: ${what}.`;
    return new TemplateFault({ message, path: this.#call.object.path, line: 0, column: 0, isLimit: true });
  }
}

/** An object as templates see it. A page is not kept that lacks what its type failed to say. */
export function factsOf(object: TreeObject, { reads }: Pick<Call, 'reads'>): ObjectFacts {
  const { id, title, path, type, state } = object;
  const own = {
    id,
    title,
    path,
    url: encodeUrlPath(path),
    type,
    created: timeText(state.created),
    modified: timeText(state.modified),
  };
  const said = new Saying(object);
  const shown = said.shown();
  if (said.hasFailed) reads.never();
  return { ...(shown as Readonly<Record<string, Plain>>), ...own };
}

const numbers = new WeakMap<object, number>();
let lastNumber = UNSAVED;

/** A number for an object as it is, which no other object or state of it has in this process. */
export function stateNumber({ state: { properties } }: TreeObject): number {
  const number = numbers.get(properties) ?? (lastNumber += 1);
  numbers.set(properties, number);
  return number;
}
