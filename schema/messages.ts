/** The shape of every JSON message between the server and whoever uses its API. Types only. */

export interface FieldProblem {
  /** Where in the request body, as a JSON pointer: "/properties/servers/1". */
  readonly pointer: string;
  readonly detail: string;
}

/** An `application/problem+json` answer (RFC 9457). */
export interface ProblemMessage {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[];
  readonly [member: string]: unknown;
}

/** GET /api/@me */
export interface Me {
  /** `null`: nobody is signed in. */
  readonly user: string | null;
  readonly roles: readonly string[];
  readonly instance: Instance;
}

export interface Instance {
  /** The name shown beside "Trellis". */
  readonly name: string;
  readonly origin: string;
  readonly version: string;
  /** No administrator exists yet: the one-time link of the first start makes one. */
  readonly needsAdministrator: boolean;
}

/** POST /api/@administrator: the one-time link of the first start. Answers like @login. */
export interface AdministratorRequest {
  readonly token: string;
  readonly name: string;
  readonly password: string;
}

export interface LoginRequest {
  readonly name: string;
  readonly password: string;
}

export interface LoginAnswer {
  readonly user: string;
  readonly roles: readonly string[];
}

export const WIDGETS = [
  'string',
  'text',
  'code',
  'lines',
  'integer',
  'boolean',
  'selection',
  'path',
  'id',
  'password',
] as const;
export type Widget = (typeof WIDGETS)[number];

/** JSON Schema of one property, with what a form needs beside it. */
export interface FieldSchema {
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  readonly title: string;
  /** The hint under the field. */
  readonly description?: string;
  readonly default: unknown;
  readonly widget: Widget;
  /** `r`: shown, not changed. */
  readonly mode: 'rw' | 'r';
  readonly enum?: readonly string[];
  /** For a selection: the words for each value of `enum`. */
  readonly labels?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  /** For numbers: "ms", "minutes". */
  readonly unit?: string;
  /** For code: the language that it is in. */
  readonly language?: 'liquid';
  /** For a path: the capability that the object there must provide. */
  readonly provides?: string;
  /** For a path: what such an object is called: "a session data container". */
  readonly wanted?: string;
  /** Shown while the field is empty. */
  readonly placeholder?: string;
  /** The field answers: POST …/@check says how each value stands. */
  readonly answers?: boolean;
  /** Asked for when the object is added. */
  readonly whenAdding?: boolean;
  readonly items?: { readonly type: 'string' };
}

export interface FormSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly additionalProperties: false;
}

export interface TabInfo {
  readonly id: string;
  readonly label: string;
  /** The custom element that draws it. */
  readonly element: string;
  /** The address of the module that defines the element, where a product brings it. Given by the server, never declared. */
  readonly module?: string;
  /** A faint figure after the label. */
  readonly count?: number;
}

/** A standing condition of an object, shown until it is over. */
export interface Warning {
  readonly severity: 'warning' | 'danger' | 'info';
  /** The sentence; what is before the first colon may be set in bold. */
  readonly text: string;
  /** A few words for lists: "1 of 3 servers is down". */
  readonly short: string;
  readonly link?: { readonly label: string; readonly path: string; readonly tab: string };
  /** A change that would end the condition, offered as a button: PATCH `properties` to `path`. */
  readonly remedy?: {
    readonly label: string;
    readonly path: string;
    readonly properties: Readonly<Record<string, unknown>>;
  };
}

/** An object that has a path property leading here. */
export interface LinkHere {
  readonly path: string;
  readonly type: string;
  readonly icon: string;
  readonly title: string;
  readonly property: string;
  /** What its working rests on: "4,812 sessions". Empty where there is nothing to say. */
  readonly note: string;
  /** What happens to it when this object goes: "sessions will be off". */
  readonly loss: string;
}

/** GET /api/<path> */
export interface ObjectMessage {
  readonly path: string;
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly icon: string;
  readonly description: string;
  readonly revision: number;
  /** ISO 8601, as are all times in messages. */
  readonly created: string;
  readonly modified: string;
  readonly modifiedBy: string | null;
  readonly owner: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly schema: FormSchema;
  readonly tabs: readonly TabInfo[];
  readonly warnings: readonly Warning[];
  /** Names of the types that may be added here; empty for what contains nothing. */
  readonly addable: readonly string[];
  readonly isFolder: boolean;
  /** Contents vanish when the server restarts. */
  readonly isTemporary: boolean;
  /** Its type is not installed: readable, deletable, nothing else. */
  readonly isBroken: boolean;
  /** The permission that changing its properties needs. */
  readonly changePermission: string;
  readonly may: {
    readonly change: boolean;
    readonly delete: boolean;
    readonly add: boolean;
    /** Delete and rename what is in it. */
    readonly deleteChildren: boolean;
  };
  readonly pointsHere: readonly LinkHere[];
  readonly lastChanges: readonly {
    readonly time: string;
    readonly user: string | null;
    readonly description: string;
  }[];
}

/** One row of GET /api/<folder>/@children */
export interface ChildItem {
  readonly id: string;
  readonly path: string;
  readonly type: string;
  readonly icon: string;
  readonly title: string;
  /** Bytes of the object's properties, or the number of items for a folder. */
  readonly size: number;
  /** The size in words: "1 KiB", "112 items", "3 servers". */
  readonly sizeLabel: string;
  readonly modified: string;
  readonly modifiedBy: string | null;
  readonly warnings: readonly Warning[];
  readonly isFolder: boolean;
}

export interface ChildrenMessage {
  readonly total: number;
  readonly items: readonly ChildItem[];
}

/** One entry of GET /api/<folder>/@types */
export interface TypeInfo {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly icon: string;
  readonly group: string;
  readonly suggestedId: string;
  readonly schema: FormSchema;
}

export interface AddRequest {
  readonly type: string;
  readonly id: string;
  readonly title?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface ChangeRequest {
  readonly title?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The answer to a change of properties: the object, and what the change led to ("localhost:11211 answers in 0.3 ms"). */
export interface ChangedMessage extends ObjectMessage {
  readonly results: readonly FieldResult[];
}

export interface RenameRequest {
  readonly from: string;
  readonly to: string;
}

/** GET /api/<path>/@consequences?ids=a,b — what deleting those children (or, without ids, this object) would cost. */
export interface ConsequencesMessage {
  /** Objects that would go, those inside included. */
  readonly count: number;
  readonly pointsHere: readonly (LinkHere & { readonly to: string })[];
}

/** How one value, or one line of it, stands. */
export interface FieldResult {
  readonly state: 'ok' | 'warn' | 'down' | 'off';
  readonly text: string;
  /** Said in quiet after the text: "memcached 1.6.32". */
  readonly note?: string;
}

/** POST /api/<path>/@check `{properties}` (for a folder also `{type, id?, properties}`): looks, changes nothing. */
export interface CheckRequest {
  /** The type of an object about to be added here; without it, this object's own. */
  readonly type?: string;
  readonly id?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface CheckMessage {
  readonly errors: readonly FieldProblem[];
  readonly fields: Readonly<Record<string, FieldAnswer>>;
}

export interface FieldAnswer {
  /** For lines: one for each line, in their order. For a path: one. */
  readonly results: readonly FieldResult[];
  /** For a path: the objects that would do. */
  readonly candidates?: readonly PathCandidate[];
  /** For a path that leads to the wrong thing: the one that was probably meant. */
  readonly suggestion?: { readonly path: string; readonly text: string };
}

export interface PathCandidate {
  readonly path: string;
  readonly type: string;
  readonly icon: string;
  readonly title: string;
  readonly note: string;
}

/** GET /api/@search?text= */
export interface SearchMessage {
  readonly items: readonly {
    readonly path: string;
    readonly id: string;
    readonly type: string;
    readonly icon: string;
    readonly title: string;
  }[];
}

/** GET /api/<mcproxy>/@servers */
export interface ServersMessage {
  readonly servers: readonly ServerMessage[];
  /** What to type on the server's machine when one refuses: a memcached fit for sessions. */
  readonly startCommand: string;
  readonly checked: string;
}

export interface ServerMessage {
  readonly address: string;
  readonly up: boolean;
  readonly latencyMs: number | null;
  readonly version: string | null;
  readonly uptimeS: number | null;
  readonly items: number | null;
  readonly bytes: number | null;
  readonly limitBytes: number | null;
  readonly hits: number | null;
  readonly misses: number | null;
  readonly evictions: number | null;
  /** Values that it refused because its memory was full. */
  readonly refusals: number | null;
  /** Whether it pushes out items when its memory is full; `false`: it was started with -M, and refuses new ones. */
  readonly evicts: boolean | null;
  /** `filling`: nine tenths are used. `evicting`, `refusing`: it was full, and this is what it did since it started. */
  readonly memory: 'ok' | 'filling' | 'evicting' | 'refusing';
  readonly connections: number | null;
  readonly clockDifferenceS: number | null;
  readonly error: string | null;
  readonly downSince: string | null;
}

export interface SessionItem {
  readonly key: string;
  /** As text for the eye; obscured where the key speaks of a secret. */
  readonly value: string;
  readonly type: string;
  readonly bytes: number;
  readonly obscured: boolean;
}

/** GET and POST /api/<container>/@test */
export interface TestMessage {
  readonly before: number;
  readonly after: number;
  /** Lines added by this request. */
  readonly count: number;
  /** `Before: 0;  after: 2; # items: 2`, with two spaces after the first semicolon. */
  readonly line: string;
  readonly session: readonly SessionItem[];
  /** `null` while the caller has no session here. */
  readonly about: SessionAbout | null;
  /** The server that holds the session; `null` where it is kept in process memory or there is none. */
  readonly server: string | null;
  readonly tookMs: number;
  readonly warnings: readonly Warning[];
}

export interface SessionAbout {
  readonly created: string;
  readonly lastAccess: string;
  readonly expires: string | null;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly places: readonly string[];
}

/** POST /api/<container>/@test */
export interface TestRequest {
  readonly items: string;
}

/** POST /api/<container>/@own `{action, key?}`: the caller's own session in this container. Answers like @test. */
export interface OwnSessionRequest {
  readonly action: 'remove' | 'clear' | 'invalidate' | 'rotate';
  readonly key?: string;
}

/** GET /api/<container>/@sessions?offset&limit&sort&order&filter */
export interface SessionsMessage {
  readonly sessions: readonly SessionRow[];
  readonly total: number;
  /** How many the filter lets through. */
  readonly matching: number;
  /** Used within the last five minutes. */
  readonly active: number;
  /** `null` where there is none. */
  readonly meanBytes: number | null;
  readonly largestBytes: number | null;
  /** What can be seen here and what cannot, in sentences. */
  readonly source: string;
  /** Addresses of servers that could not be listed: with any, no session need not mean that there is none. */
  readonly unreachable: readonly string[];
  /** Everything that is kept here could be seen: none listed means none there. */
  readonly complete: boolean;
  readonly checked: string;
}

export interface SessionRow {
  /** Names the session in lists; it is not the browser id, and opens nothing. */
  readonly key: string;
  /** `null`: nobody was signed in. */
  readonly user: string | null;
  readonly started: string;
  readonly lastSeen: string;
  /** When it ends if nobody uses it again; `null`: never. */
  readonly expires: string | null;
  readonly bytes: number;
  readonly address: string;
  readonly browser: string;
  /** `null` where it is kept in process memory. */
  readonly server: string | null;
  readonly copies: readonly string[];
}

/** GET /api/<container>/@sessions/<key> */
export interface SessionMessage extends SessionRow {
  readonly items: readonly SessionValue[];
}

/** An item of somebody's session. `obscured`: there is something in it that only POST …/@reveal shows. */
export interface SessionValue extends SessionItem {
  readonly json: string;
}

/** POST /api/<container>/@reveal. Answers with a SessionValue. */
export interface RevealRequest {
  readonly key: string;
  readonly item: string;
}

/** POST /api/<container>/@sessions/@end: all sessions, or all of a user. */
export interface EndSessionsRequest {
  readonly user?: string;
}

export interface EndedSessions {
  /** How many were known; `null` where not all could be seen. */
  readonly known: number | null;
}

/** GET /api/<session data manager>/@chain: how a request finds its session. */
export interface ChainMessage {
  readonly boxes: readonly ChainBox[];
  readonly servers: readonly {
    readonly address: string;
    readonly state: FieldResult['state'];
    readonly text: string;
  }[];
  readonly on: boolean;
  /** "Sessions are on", or why they are off. */
  readonly text: string;
}

export interface ChainBox {
  /** `null` where nothing is there. */
  readonly path: string | null;
  readonly id: string;
  readonly type: string;
  readonly icon: string;
  readonly state: FieldResult['state'];
  readonly text: string;
  /** The property that leads on, and its value. */
  readonly leadsOn: { readonly property: string; readonly value: string } | null;
  /** Whether the way to the next box holds. */
  readonly holds: boolean;
}

/** POST /api/<folder>/@setup-sessions: the set-up wizard. 201 with what was made. */
export interface SetupRequest {
  readonly servers: readonly string[];
  readonly proxyId: string;
  readonly containerId: string;
  readonly timeoutMinutes: number;
}

export interface SetupAnswer {
  readonly proxy: string;
  readonly container: string;
  readonly manager: string;
  readonly results: readonly FieldResult[];
}

/** GET /api/<user folder>/@users; POST adds one; PATCH and DELETE …/@users/<name>. */
export interface UsersMessage {
  readonly users: readonly UserMessage[];
  /** The roles that can be given. */
  readonly roles: readonly { readonly name: string; readonly description: string }[];
}

export interface UserMessage {
  readonly name: string;
  readonly roles: readonly string[];
  readonly created: string;
  readonly lastSignIn: string | null;
}

export interface AddUserRequest {
  readonly name: string;
  readonly password: string;
  readonly roles: readonly string[];
}

export interface ChangeUserRequest {
  readonly password?: string;
  readonly roles?: readonly string[];
}
