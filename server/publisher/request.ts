import type { IncomingHttpHeaders } from 'node:http';

/** A request as a plain value. All it says but the bytes of an upload has been read; nothing has been believed yet. */
export interface Request extends RequestHead {
  /** A parsed JSON body; `undefined` where none was sent. */
  readonly body: unknown;
  /** The fields of a form that was sent to published content; empty where none was. */
  readonly form: URLSearchParams;
  /** Bytes that came in place of JSON. */
  readonly upload: Upload | undefined;
  /** The type of a body for the API that is neither, and was not read; empty where it names none. */
  readonly unreadType?: string | undefined;
}

/** What a request says before its body. */
export interface RequestHead {
  readonly method: string;
  /** As it came, still encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly cookies: ReadonlyMap<string, string>;
  /** The client's address, as far as the proxies in between are trusted. */
  readonly address: string;
  /** The origin by which the browser reached us: "https://shop.example.org". */
  readonly origin: string;
  /** Whether the browser keeps Secure cookies here: by https, and on this machine itself. */
  readonly acceptsSecureCookies: boolean;
  /** Some browsers keep them here, and Safari does not: by http on this machine itself. */
  readonly mayDropSecureCookies: boolean;
}

/** Bytes that a client sends. None are read before somebody asks, so that who may not send them is refused first. */
export interface Upload {
  /** Takes them in to the last one, out of memory. A request that is run again is given the same. */
  receive(): Promise<Received>;
}

export interface Received {
  /** SHA-256 in base64url. */
  readonly hash: string;
  readonly size: number;
  /** The first bytes, at most so many. */
  head(bytes: number): Promise<Buffer>;
  /** All of them, in pieces of so many bytes; the last may be shorter. Each is good until the next is asked for. */
  slices(bytes: number): AsyncIterable<Buffer>;
}

/** An answer as a plain value. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What is given in pieces is read while it is sent; its headers say how long it is. */
  readonly body: string | Buffer | AsyncIterable<Buffer> | null;
  /** Whole Set-Cookie lines. */
  readonly cookies?: readonly string[];
  /** What kind of content it is, which decides its security headers. */
  readonly kind: 'api' | 'content' | 'file' | 'frame';
}

export function isInPieces(body: Response['body']): body is AsyncIterable<Buffer> {
  return typeof body === 'object' && body !== null && !Buffer.isBuffer(body);
}

/** An answer that is there as a whole, so that it can be kept. */
export interface WholeResponse extends Response {
  readonly body: string | Buffer | null;
}

/** What a page about a failure may tell, as templates name it. */
export type Failure = {
  readonly status: number;
  readonly title: string;
  readonly message: string;
  /** Seconds until another try makes sense. */
  readonly retry_after: number | null;
  /** By which the log names it. */
  readonly reference: string | null;
  /** Only for whoever may view management screens. */
  readonly detail: string | null;
};

/** Whoever sent a request that failed, and what they may be shown of it. */
export interface Asker {
  /** They may view management screens. */
  readonly isOperator: boolean;
  /** The site's own page about a failure at the address, where it has one for them. */
  pageAbout(failure: Failure): Promise<string | undefined>;
}

/** What answers requests. Errors are thrown; whoever speaks HTTP turns them into answers. */
export interface Publishing {
  /** Whether a user of ours sends this; throws NotSignedIn where they were until their login ended, or the password is wrong. */
  isKnown(head: RequestHead): Promise<boolean>;
  /** A request for the API; `path` is what follows /api. */
  api(request: Request, path: string): Promise<Response>;
  /** A request for published content. */
  content(request: Request): Promise<Response>;
  /** Whose request failed; nobody in particular where they were not let in, since to look again would count as another try. */
  askerOf(head: RequestHead, wasLetIn: boolean): Promise<Asker>;
  /** Refuses whoever may not use a permission on the root. */
  requirePermission(head: RequestHead, permission: string): Promise<void>;
}

/** A response that brings an answer, of which only its type is known here. */
export type Answering<Answer> = Response & { readonly answer?: Answer };

/** An answer in JSON. */
export function json<Answer>(
  value: Answer,
  options: { status?: number; headers?: Record<string, string> } = {},
): Answering<Answer> {
  return {
    status: options.status ?? 200,
    headers: { 'content-type': 'application/json; charset=utf-8', ...options.headers },
    body: JSON.stringify(value),
    kind: 'api',
  };
}

export function noContent(): Response {
  return { status: 204, headers: {}, body: null, kind: 'api' };
}

/** Published content as HTML. */
export function html(body: string): Response {
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body, kind: 'content' };
}

/** Text as it may stand in HTML, in an attribute too. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
