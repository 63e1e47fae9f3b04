import { fileURLToPath } from 'node:url';
import { getCallSites } from 'node:util';
import type { Fields, ValuesOf } from '../../schema/fields.ts';
import type { Icon } from '../../schema/icons.ts';
import type { FieldAnswer } from '../../schema/endpoints/forms.ts';
import type { TabInfo, Warning } from '../../schema/endpoints/objects.ts';
import type { FieldProblem } from '../../schema/problems.ts';
import type { Capability, CapabilityName, Provision } from './capability.ts';
import type { Listener } from './event.ts';
import type { TreeObject } from './object.ts';
import type { Step } from './versions.ts';

/** What the registry needs to know of a method; the publisher's `method()` makes them. */
export interface MethodDeclaration {
  readonly http: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly permission: string;
  readonly run: (call: never) => unknown;
  readonly call: (call: never) => unknown;
}

/** What an object does for everything in its folder and below, which finds the nearest one upward. */
export interface Service {
  readonly capability: Capability<unknown>;
  /** What it means to find none: "sessions are off". */
  readonly loss: string;
  /** Where that is mended: a tab of the folder. */
  readonly remedy: { readonly label: string; readonly tab: string };
}

/** A service that an object finds upward and does not work without. */
export interface Need {
  readonly capability: Capability<unknown>;
  /** The standing warning where none is found: a sentence, and a few words for lists. */
  readonly text: string;
  readonly short: string;
  /** What that means for the object: "sessions are off". */
  readonly loss: string;
}

/** How objects of a type are reached by HTTP: what the publisher reads. */
export interface Published {
  /** What a visitor of the object's path gets; with several, by what is asked for: a page and the forms sent to it. */
  readonly view?: MethodDeclaration | readonly MethodDeclaration[];
  /** Reached as `…/@name` below the object. */
  readonly methods?: Readonly<Record<string, MethodDeclaration | readonly MethodDeclaration[]>>;
}

/** What is shown of objects of a type, beside their properties: what the management views read. */
export interface UserInterface<Values extends Readonly<Record<string, unknown>>> {
  readonly tabs?: readonly TabInfo[];
  /** Figures to stand after the labels of tabs, by their ids: what is known without asking a server. */
  tabCounts?(object: TreeObject<Values>): Promise<Readonly<Record<string, number>>>;
  /** Its own standing conditions. */
  warnings?(object: TreeObject<Values>): Promise<readonly Warning[]>;
  /** The size in words, for lists: "3 servers", empty where it is not known. Told for each row, so no server is asked for it. */
  size?(object: TreeObject<Values>): Promise<string> | string;
  /** How much is in it, as a sentence for its own pages. */
  count?(object: TreeObject<Values>): Promise<string>;
  /** What it does while nothing is wrong, in a few words: "Gives an id to each browser". */
  readonly works?: string;
  /** Said before the reason while a path property of it leads nowhere: "No proxy defined." */
  readonly broken?: string;
}

/** A type of objects, declared as data: its add-list entry, form, checks, tabs, methods and behaviour. */
export interface TypeDefinition<F extends Fields = Fields> {
  /** Its name, shown and stored: "MemCache Proxy". */
  readonly type: string;
  /** One line for the add list. */
  readonly description: string;
  readonly icon: Icon;
  readonly group: string;
  readonly suggestedId: string;
  readonly addPermission: string;
  /** Needed to change its properties; "Manage properties" unless said otherwise. */
  readonly changePermission?: string;
  readonly properties: F;
  /**
   * Steps from each version of the type to the next, the first first: what each gives is what the next one is given. They
   * are taken when an object is read that an older version stored. One that was released stays as it is.
   */
  readonly migrations?: readonly Step[];
  /** `objects`: a folder. `volatile`: a folder whose contents live in this process's memory. */
  readonly contains?: 'objects' | 'volatile';
  /** The one id that such an object may have, because others find it by that name. */
  readonly fixedId?: string;
  /** The server does not run without it: it can be neither deleted nor renamed. */
  readonly isEssential?: boolean;
  /** Not offered in the add list. */
  readonly hidden?: boolean;
  /** What it can do for others: `[STORE.by((object) => …)]`. */
  readonly provides?: readonly Provision[];
  /** What it is for everything in its folder and below. */
  readonly serves?: readonly Service[];
  /** What it finds upward itself. */
  readonly needs?: readonly Need[];
  /**
   * What it keeps that is lost with it, or out of reach without what its path property leads to: "12 live sessions".
   * Empty: nothing.
   */
  holds?(object: TreeObject<ValuesOf<F>>): Promise<string>;
  /** How it is reached by HTTP. */
  readonly publish?: Published;
  /** What the interface and its lists show of it. */
  readonly ui?: UserInterface<ValuesOf<F>>;
  /**
   * How single values stand right now, for `@check` and after a change; `about` has the values being tried. What is said
   * of a path follows where it leads.
   */
  readonly answers?: { readonly [K in keyof F]?: (value: ValuesOf<F>[K], about: TreeObject) => Promise<FieldAnswer> };
  /**
   * Rules that need the rest of the tree; pointers below "/properties". Asked with the values that their own rules accept; of
   * lines with all, as they were typed, so that everything that is wrong with them is said at once.
   */
  check?(object: TreeObject, values: Partial<ValuesOf<F>>): Promise<readonly FieldProblem[]>;
  /** What happens to such an object when the one that its path property leads to goes: "sessions will be off". */
  readonly loss?: string;
  /** What it does after a commit that did something: `[REMOVED.by((object) => …)]`. */
  readonly events?: readonly Listener[];
}

const places = new WeakMap<object, string>();

/** Where a type is declared, file and line, for whoever has to mend it. */
export function placeOf(definition: object): string | undefined {
  return places.get(definition);
}

/** Declares a type of objects. */
export function defineType<const F extends Fields>(definition: TypeDefinition<F>): TypeDefinition {
  const [, caller] = getCallSites(2);
  if (caller?.scriptName.startsWith('file:') === true)
    places.set(definition, `${fileURLToPath(caller.scriptName)}:${caller.lineNumber}`);
  return definition;
}

/** The types that this server has, by name. */
export class Types {
  readonly #byName: ReadonlyMap<string, TypeDefinition>;

  constructor(definitions: readonly TypeDefinition[]) {
    this.#byName = new Map(definitions.map((definition) => [definition.type, definition]));
  }

  find(name: string): TypeDefinition | undefined {
    return this.#byName.get(name);
  }

  all(): readonly TypeDefinition[] {
    return [...this.#byName.values()];
  }

  /** The types that provide a capability, by their names. */
  providing({ name }: CapabilityName): readonly string[] {
    return this.all()
      .filter(({ provides = [] }) => provides.some(({ capability }) => capability.name === name))
      .map((definition) => definition.type);
  }
}
