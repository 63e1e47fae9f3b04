import type { FieldAnswer } from '../../schema/endpoints/forms.ts';
import type { Warning } from '../../schema/endpoints/objects.ts';
import { ConflictError } from '../base/errors.ts';
import { inTime } from '../base/in-time.ts';
import { OnceAMinute } from '../base/once-a-minute.ts';
import { isPlain, shown } from '../base/shape.ts';
import { capability } from '../objects/capability.ts';
import type { TreeObject } from '../objects/object.ts';
import { siteOf } from '../site/site.ts';

/** Nobody waits longer for what a type says: the page of the whole folder would not come. */
const LONGEST_MS = 5_000;
const TOO_LONG = `Nothing was said within ${LONGEST_MS} ms.`;

/** What page templates see of an object beside its id, title, type, path and times. Plain data. */
export const SHOWN = capability<Readonly<Record<string, unknown>>>('page.facts', 'an object that pages read more of');

const pace = new OnceAMinute();

/**
 * What an object's type says of it for others to read. A type that fails at that, or says something of another kind, is
 * named in the log and in a warning at the object; it keeps nothing else from being shown.
 */
export class Saying {
  readonly #object: TreeObject;
  /** Whether it failed at anything that it was asked up to now. */
  hasFailed = false;

  constructor(object: TreeObject) {
    this.#object = object;
  }

  /** Its own standing conditions; and that the type failed, if it did up to now. */
  async warnings(): Promise<readonly Warning[]> {
    const own = await this.#ask('ui.warnings', (it) => it.definition?.ui?.warnings?.(it), isWarnings);
    if (!this.hasFailed) return own ?? [];
    return [...(own ?? []), { severity: 'danger', text: failureText(this.#object), short: 'Its type failed' }];
  }

  size(): Promise<string | undefined> {
    return this.#ask('ui.size', (it) => it.definition?.ui?.size?.(it), isText);
  }

  count(): Promise<string | undefined> {
    return this.#ask('ui.count', (it) => it.definition?.ui?.count?.(it), isText);
  }

  async tabCounts(): Promise<Readonly<Record<string, number>>> {
    return (await this.#ask('ui.tabCounts', (it) => it.definition?.ui?.tabCounts?.(it), areFigures)) ?? {};
  }

  /** Empty: nothing. What nobody could count may be a lot. */
  async holds(): Promise<string> {
    const held = await this.#ask('holds', (it) => it.definition?.holds?.(it), isText);
    return held ?? (this.hasFailed ? 'What could not be counted (see the log)' : '');
  }

  async answer(name: string, value: unknown): Promise<FieldAnswer | undefined> {
    const own = await this.#ask(
      `answers.${name}`,
      (it) => it.definition?.answers?.[name]?.(value as never, it),
      isAnswer,
    );
    return own ?? (this.hasFailed ? { results: [{ state: 'warn', text: failureText(this.#object) }] } : undefined);
  }

  /** Plain data for pages; a copy, since what cannot be copied cannot reach them. */
  shown(): Readonly<Record<string, unknown>> {
    try {
      const own: unknown = structuredClone(this.#object.doesProvide(SHOWN) ? this.#object.provide(SHOWN) : undefined);
      if (own === undefined || isPlain(own)) return own ?? {};
      throw wrongKind(own);
    } catch (error) {
      this.#failed('shown', error);
      return {};
    }
  }

  async #ask<T>(
    hook: string,
    ask: (object: TreeObject) => T | Promise<T> | undefined,
    isRight: (value: unknown) => boolean,
  ): Promise<T | undefined> {
    try {
      const said = ask(this.#object);
      const own = said instanceof Promise ? await inTime(said, LONGEST_MS, TOO_LONG) : said;
      if (own === undefined || isRight(own)) return own;
      throw wrongKind(own);
    } catch (error) {
      this.#failed(hook, error);
      return undefined;
    }
  }

  #failed(hook: string, error: unknown): void {
    // The request is run again, and this with it.
    if (error instanceof ConflictError) throw error;
    this.hasFailed = true;
    const { type, path } = this.#object;
    const alsoSince = pace.isDue(`${type} ${hook}`);
    if (alsoSince === undefined) return;
    const { log } = siteOf(this.#object);
    log.error({ err: error, type, hook, path, alsoSince }, `What the type '${type}' says of an object failed: ${hook}`);
  }
}

function failureText({ type }: TreeObject): string {
  return `What the type '${type}' says of this object failed. The log says why.`;
}

function wrongKind(value: unknown): TypeError {
  return new TypeError(`It gave ${shown(value)}, which is of another kind.`);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isWarnings(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((each) => isPlain(each) && [each['text'], each['short'], each['severity']].every(isText))
  );
}

function areFigures(value: unknown): boolean {
  return isPlain(value) && Object.values(value).every(Number.isFinite);
}

function isAnswer(value: unknown): boolean {
  const results = isPlain(value) && value['results'];
  return Array.isArray(results) && results.every((each) => isPlain(each) && isText(each['text']));
}
