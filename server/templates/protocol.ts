/** What passes between the server and its rendering threads: plain data, copied. */

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** An object of the tree, as far as templates see it; what its type shows beside that is among it. */
export interface ObjectFacts {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  /** The path as it stands in a link. */
  readonly url: string;
  readonly type: string;
  readonly created: string;
  readonly modified: string;
  readonly [shown: string]: Plain;
}

/** The number of a text that is not kept, and so not remembered by any thread. */
export const UNSAVED = 0;

/** A template in one state. Its text is asked for by whoever has not seen the number yet. */
export interface Source {
  readonly number: number;
  readonly path: string;
}

/** What a template finds under its names. */
export interface Names {
  readonly here: ObjectFacts;
  readonly container: ObjectFacts;
  readonly root: ObjectFacts;
  readonly template: ObjectFacts;
  readonly user: { readonly name: string; readonly roles: readonly string[] } | null;
  /** The name that the session has beside `session`. */
  readonly sessionName: string;
  /** The language of the page, and the time zone of its dates. */
  readonly language: string;
  readonly zone: string;
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly form: readonly (readonly [string, string])[];
  /** What failed, for a template that shows it. */
  readonly error: Plain;
}

/** The visitor's browser, as far as it has an id. */
export interface BrowserFacts {
  readonly id: string;
  readonly source: 'cookie' | 'new';
}

export interface Job {
  readonly source: Source;
  readonly names: Names;
}

/** What a template wants to know, or to have kept, on the way. */
export type TemplateQuestion =
  | { readonly ask: 'text'; readonly path: string }
  | { readonly ask: 'template'; readonly path: string }
  | { readonly ask: 'object'; readonly path: string }
  | { readonly ask: 'children'; readonly path: string; readonly page: ListingPage }
  | { readonly ask: 'session'; readonly key: string }
  | { readonly ask: 'browser' }
  | { readonly ask: 'keep'; readonly key: string; readonly value: Plain };

export const LISTING_SORTS = ['id', 'title', 'type', 'modified'] as const;
type ListingSort = (typeof LISTING_SORTS)[number];

export interface ListingPage {
  readonly offset: number;
  readonly limit: number;
  readonly sort: ListingSort;
  readonly order: 'asc' | 'desc';
}

/** What a rendering depended on, beside what it asked for. */
export interface Touched {
  readonly values: readonly string[];
  readonly user: boolean;
  /** A name that not every page has: the session's, or one that could be. */
  readonly furtherName: boolean;
  /** The time or chance. */
  readonly volatile: boolean;
}

export interface Rendered {
  readonly body: string;
  /** Where the visitor is sent in place of the body. */
  readonly redirect: string | undefined;
  readonly touched: Touched;
}

/** What is wrong with a template, and where. */
export interface Fault {
  readonly message: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** Whether it took more than it may, rather than being written wrongly. */
  readonly isLimit: boolean;
}

export type ToThread =
  | { readonly kind: 'render'; readonly job: Job }
  | { readonly kind: 'parse'; readonly text: string; readonly path: string }
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'refusal' };

/** The work that the thread has done since it began is told with everything that ends a piece of it. */
export type FromThread =
  | { readonly kind: 'ready'; readonly workMs: number }
  | { readonly kind: 'question'; readonly question: TemplateQuestion }
  | { readonly kind: 'rendered'; readonly rendered: Rendered; readonly workMs: number }
  | { readonly kind: 'parsed'; readonly faults: readonly Fault[]; readonly workMs: number }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly workMs: number };
