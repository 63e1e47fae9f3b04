import type { FieldProblem, ProblemMessage } from '../../schema/problems.ts';
import { BACKGROUND } from '../../schema/live.ts';
import { serverAnswered, serverLost } from '../state/connection.ts';
import { hasSomebodyDone } from '../state/presence.ts';

const DEADLINE_MS = 10_000;
const OUT_OF_REACH = 'the server is out of reach.';

/** What a request that did not succeed rejects with: the server's own sentence, or ours where it said nothing. */
export class ApiProblem extends Error {
  /** 0: no server was reached. */
  readonly status: number;
  readonly errors: readonly FieldProblem[];
  /** Whatever else the answer carried, `retryAfterS` among it. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(status: number, detail: string, members: Partial<ProblemMessage> = {}) {
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.errors = members.errors ?? [];
    this.members = members;
  }

  get detail(): string {
    return this.message;
  }
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** The revision that the change was made from; another one in the tree is answered with 412. */
  readonly revision?: number | undefined;
  readonly signal?: AbortSignal;
}

const SIGNING_IN = ['/@login', '/@administrator'];

type NobodyHandler = () => void;
let nobodySignedIn: NobodyHandler = () => {};

/** Told of every 401 except that of signing in: the session of whoever was signed in has ended. */
export function onNobodySignedIn(handler: NobodyHandler): void {
  nobodySignedIn = handler;
}

/** Sends one request to the API and gives the body of its answer; everything but success is an ApiProblem. */
export async function request<Answer>(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  return answerTo(path, await send(method, address(path, options.query), options));
}

/** Whether the server takes work at all; why not, as an ApiProblem. */
export async function askWhetherReady(signal: AbortSignal): Promise<void> {
  const path = '/readyz';
  await answerTo(path, await send('GET', path, { signal }));
}

async function answerTo<Answer>(path: string, response: Response): Promise<Answer> {
  return outcome(path, response.status, response.headers.get('retry-after'), await parse(response));
}

/** The body of an answer, or the problem it tells of, thrown. */
export function outcome<Answer>(path: string, status: number, retryAfter: string | null, body: unknown): Answer {
  if (status >= 200 && status < 300) return body as Answer;
  const message = typeof body === 'object' && body !== null ? (body as Partial<ProblemMessage>) : {};
  const retryAfterS = Number(retryAfter) || undefined;
  if (status === 401 && !SIGNING_IN.includes(path)) nobodySignedIn();
  throw new ApiProblem(status, message.detail ?? `the server answered ${status}.`, { ...message, retryAfterS });
}

/** The words of whatever was caught, for the eye. */
export function detailOf(caught: unknown): string {
  return caught instanceof Error ? caught.message : String(caught);
}

/** Whether the same may be done another time: no server was reached, or it could not just then. What it refused stays so. */
export function mayPass(caught: unknown): boolean {
  if (!(caught instanceof ApiProblem)) return true;
  const { status } = caught;
  return status === 0 || status >= 500 || [401, 408, 429].includes(status);
}

/** What was said while no server was there, once one is. */
export function thereAgain(failure: string): string {
  return failure.replace(OUT_OF_REACH, 'the server was out of reach. It is there again.');
}

/** The path of a view of an object: `viewOf('/', 'children')` is `/@children`. */
export function viewOf(path: string, view: string): string {
  return path === '/' ? `/@${view}` : `${path}/@${view}`;
}

/** `/a b` becomes `/api/a%20b`; the `@` before a view's name stays. */
export function address(path: string, query: RequestOptions['query'] = {}): string {
  const encoded = path.split('/').map(encodeSegment).join('/');
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return `/api${encoded === '/' ? '' : encoded}${search.size > 0 ? `?${search}` : ''}`;
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/^%40/, '@');
}

async function send(method: string, url: string, options: RequestOptions): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' });
  if (!hasSomebodyDone()) headers.set(BACKGROUND, '1');
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  if (options.revision !== undefined) headers.set('if-match', `"${options.revision}"`);
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ? AbortSignal.any([options.signal, deadline]) : deadline,
    });
    serverAnswered();
    return response;
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    serverLost();
    throw new ApiProblem(0, deadline.aborted ? 'the server did not answer within 10 s.' : OUT_OF_REACH);
  }
}

async function parse(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  if (response.status === 204 || !/[/+]json\b/.test(type)) return undefined;
  try {
    return await response.json();
  } catch {
    throw new ApiProblem(response.status, 'the server’s answer could not be read.');
  }
}
