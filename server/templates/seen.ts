import { Drop } from 'liquidjs';
import type { PAGE_NAMES } from '../../schema/page-names.ts';
import { parentPath } from '../../schema/paths.ts';
import type { Names, ObjectFacts, Plain, Touched } from './protocol.ts';

/** Where values come from that a template did not bring along. */
export interface ValueSource {
  object(path: string): Promise<SeenObject | undefined>;
  children(path: string): Promise<readonly SeenObject[]>;
  sessionValue(key: string): Promise<Plain>;
  browserValue(name: string): Promise<Plain>;
}

/** A value with names of its own. What `read` does not give is not there: no property or method of JavaScript is. */
export abstract class Seen extends Drop {
  abstract read(name: string): unknown;

  /** What stands for it in a text and in a comparison. */
  override valueOf(): string {
    return '';
  }

  /** As plain data: for filters that go through a list, and for JSON. */
  toJSON(): object {
    return {};
  }
}

/** An object of the tree. */
export class SeenObject extends Seen {
  readonly #facts: ObjectFacts;
  readonly #source: ValueSource;

  constructor(facts: ObjectFacts, source: ValueSource) {
    super();
    this.#facts = facts;
    this.#source = source;
  }

  override read(name: string): unknown {
    const { path } = this.#facts;
    if (name === 'children') return this.#source.children(path);
    if (name === 'container') return this.#container(path);
    return Object.hasOwn(this.#facts, name) ? this.#facts[name] : undefined;
  }

  override valueOf(): string {
    return this.#facts.path;
  }

  override toJSON(): object {
    return this.#facts;
  }

  #container(path: string): Promise<SeenObject | undefined> | undefined {
    const parent = parentPath(path);
    return parent === undefined ? undefined : this.#source.object(parent);
  }
}

class SeenUser extends Seen {
  readonly #user: NonNullable<Names['user']>;

  constructor(user: NonNullable<Names['user']>) {
    super();
    this.#user = user;
  }

  override read(name: string): unknown {
    if (name === 'name') return this.#user.name;
    return name === 'roles' ? this.#user.roles : undefined;
  }

  override valueOf(): string {
    return this.#user.name;
  }
}

/** What is asked for name by name: objects by path, values of the session, parts of the request. */
class SeenByName extends Seen {
  readonly #ask: (name: string) => unknown;

  constructor(ask: (name: string) => unknown) {
    super();
    this.#ask = ask;
  }

  override read(name: string): unknown {
    return this.#ask(name);
  }
}

function seenRequest({ method, path, query, form }: Names, touch: (name: string) => void): SeenByName {
  const parts = new Map<string, unknown>([
    ['method', method],
    ['path', path],
    ['query', seenValues(query, touch)],
    ['form', seenValues(form, touch)],
  ]);
  return new SeenByName((name) => parts.get(name));
}

/** Texts by name, of a query or a form; of several with one name the first. */
function seenValues(values: Names['query'], touch: (name: string) => void): SeenByName {
  const byName = new Map(values.toReversed());
  return new SeenByName((name) => {
    touch(name);
    return byName.get(name);
  });
}

/** The names that every template has, and which of them it touched. */
export class SeenNames extends Seen {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #sessionName: string;
  readonly #session: SeenByName;
  readonly #touchedValues = new Set<string>();
  #isUserTouched = false;
  #isFurtherNameTouched = false;

  constructor(names: Names, source: ValueSource) {
    super();
    const object = (facts: ObjectFacts) => new SeenObject(facts, source);
    this.#sessionName = names.sessionName;
    this.#session = new SeenByName((key) => source.sessionValue(key));
    const values: Record<(typeof PAGE_NAMES)[number], unknown> = {
      here: object(names.here),
      container: object(names.container),
      root: object(names.root),
      template: object(names.template),
      request: seenRequest(names, (name) => this.#touchedValues.add(name)),
      user: names.user === null ? undefined : new SeenUser(names.user),
      language: names.language,
      objects: new SeenByName((path) => source.object(path)),
      session: this.#session,
      error: names.error ?? undefined,
      browser: new SeenByName((name) => source.browserValue(name)),
    };
    this.#values = values;
  }

  override read(name: string): unknown {
    if (name === 'user') this.#isUserTouched = true;
    if (Object.hasOwn(this.#values, name)) return this.#values[name];
    this.#isFurtherNameTouched = true;
    return name === this.#sessionName ? this.#session : undefined;
  }

  get touched(): Omit<Touched, 'volatile'> {
    return {
      values: [...this.#touchedValues],
      user: this.#isUserTouched,
      furtherName: this.#isFurtherNameTouched,
    };
  }
}
