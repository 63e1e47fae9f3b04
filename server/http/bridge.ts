import type { IncomingMessage } from 'node:http';
import Router from '@koa/router';
import Koa, { type Context, type Middleware } from 'koa';
import { RESERVED_IN_ROOT } from '../../schema/ids.ts';
import { MethodNotAllowed, NotFound, Problem } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isForwarded } from '../base/origins.ts';
import type { Publishing, Request, RequestHead, Response } from '../publisher/request.ts';
import type { Asset, Assets } from './assets.ts';
import { bodyTypeOf, otherTypeThanJson, readForm, readJson } from './body.ts';
import { BodyRoom } from './body-room.ts';
import { COOKIE_CHECK, cookieCheck } from './cookie-check.ts';
import type { ClientAddresses, Reached } from './client-address.ts';
import { Failures } from './failures.ts';
import { securityHeaders, type HeadersByKind, type Kind } from './headers.ts';
import { checkOrigin } from './origin.ts';
import { PAGE_FRAME } from './page-frame.ts';
import { readyAnswer, type ReadyChecks } from './readiness.ts';
import { send } from './send.ts';
import { leaveUnread, passOver } from './unread.ts';
import { FileUpload, UPLOAD_LIMITS, UPLOAD_TYPE } from './upload.ts';

/** Of bodies that are read into memory, in all requests together. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** Of a body that was refused, so much is passed over. */
const MOST_PASSED_BY = 64 * 1024;

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS'];

interface BridgeOptions {
  readonly publisher: Publishing;
  readonly assets: Assets;
  readonly addresses: ClientAddresses;
  readonly log: Log;
  /** Where uploads wait until they are whole. */
  readonly uploadFolder: string;
  readonly readyChecks: ReadyChecks;
}

/** The Koa application: reserved first segments go to their routes, every other path is published content. */
export function koaApplication(options: BridgeOptions): Koa {
  const { publisher, assets, addresses, log, uploadFolder } = options;
  const app = new Koa();
  const router = new Router();
  const room = new BodyRoom(MAX_BUFFERED_BYTES);
  const failures = new Failures(publisher, log);
  const answer = async (context: Context, ask: (request: Request) => Promise<Response>) => {
    const isUpload = mayHaveBody(context) && bodyTypeOf(context.req) === UPLOAD_TYPE;
    const upload = isUpload ? new FileUpload(context.req, uploadFolder) : undefined;
    try {
      const head = readHead(context, addresses);
      const isKnown = () => publisher.isKnown(head);
      const body = upload === undefined ? await readBody(context, room, isKnown) : NO_BODY;
      send(context, await ask({ ...head, ...body, upload }), headersFor(context));
    } finally {
      await upload?.close();
    }
  };
  const { icon } = assets;
  const publishContent = (request: Request) =>
    publisher.content(request).catch((error: unknown) => {
      if (error instanceof NotFound && icon !== undefined && asksForIcon(request)) return iconResponse(icon);
      throw error;
    });
  const manage: Middleware = (context) => sendAsset(context, assets.find('/index.html'), 'interface');

  router.get(['/manage', '/manage/{*rest}'], manage);
  router.get('/assets/trellis.js', (context) => sendAsset(context, assets.find(context.path), 'named asset'));
  router.get('/assets/page-frame', (context) => send(context, PAGE_FRAME, headersFor(context)));
  router.get('/assets/{*rest}', (context) => sendAsset(context, assets.find(context.path), 'asset'));
  router.all(['/livez', '/healthz'], (context) => {
    requireReading(context);
    send(context, ALIVE, headersFor(context));
  });
  router.all('/readyz', async (context) => {
    requireReading(context);
    send(context, await readiness(context, options), headersFor(context));
  });
  router.all(['/api', '/api/{*rest}'], (context) =>
    answer(context, (request) => publisher.api(request, request.path.slice('/api'.length) || '/')),
  );
  // Koa tells of everything that ends a connection; what is not the client's doing is a fault of ours.
  app.on('error', (error: NodeJS.ErrnoException) => {
    if (!BY_CLIENTS.test(error.code ?? '')) log.error({ err: error }, 'An answer broke while it was sent');
  });

  app.use(async (context, next) => {
    try {
      takeAbsoluteTarget(context.req);
      // Most requests are for published content, and need not be matched against anything else.
      const isContent = !APART.test(context.url);
      if (isContent || !PROBES.test(context.url)) reachedBy(context, addresses);
      if (!METHODS.includes(context.method)) throw new MethodNotAllowed(context.method, METHODS);
      if (isContent) await answer(context, publishContent);
      else if (COOKIE_CHECK.test(context.url))
        send(context, cookieCheck(readHead(context, addresses)), headersFor(context));
      else await next();
    } catch (error) {
      const { method, path } = context;
      const head = refusedHead(context, addresses);
      const kind = { wantsPage: wantsPage(context), isContent: !RESERVED.test(path) };
      const response = await failures.answer({ error, method, path, head, ...kind });
      send(context, response, headersFor(context), furtherHeaders(context, response));
    }
  });
  app.use(router.routes());
  app.use((context) => {
    throw new NotFound(`There is nothing at '${context.path.slice(0, 200)}'.`);
  });
  return app;
}

/** Somebody stopped a download, went away, was too slow, or sent what is no HTTP: such an error holds the bytes, secrets included. */
const BY_CLIENTS = /^(ERR_STREAM_PREMATURE_CLOSE|ERR_HTTP_REQUEST_TIMEOUT|ECONNRESET|EPIPE|ETIMEDOUT|HPE_)/;

const RESERVED = new RegExp(`^/(${RESERVED_IN_ROOT.join('|')})([/?]|$)`);

/** Every address that leads to no published content. */
const APART = new RegExp(`${RESERVED.source}|${COOKIE_CHECK.source}`);

const FOR_PROGRAMS = new RegExp(`^/(${RESERVED_IN_ROOT.filter((id) => id !== 'manage').join('|')})(/|$)`);

const ALIVE: Response = {
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: '{"status":"ok"}',
  kind: 'api',
};

const NO_QUERY = new URLSearchParams();
const NO_FORM = new URLSearchParams();
const NO_BODY = { body: undefined, form: NO_FORM };

/** They answer under any host: whoever watches a server may know it by another name. */
const PROBES = /^\/(livez|healthz|readyz|metrics)([/?]|$)/;

/** A target that names its host has to be taken for what the Host header says (RFC 9112, 3.2.2). */
function takeAbsoluteTarget(request: IncomingMessage): void {
  const [, host, path = ''] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(request.url ?? '') ?? [];
  if (host === undefined) return;
  request.headers.host = host;
  request.url = path.startsWith('/') ? path : `/${path}`;
}

/** The way to us of a request; found out once. */
function reachedBy(context: Context, addresses: ClientAddresses, mayBeForeign = false): Reached {
  const state = context.state as { reached?: Reached };
  return (state.reached ??= addresses.reachedBy(context.req, mayBeForeign));
}

function headersFor({ state }: Context): HeadersByKind {
  return securityHeaders((state as { reached?: Reached }).reached?.isHttpsOnly === true);
}

function readHead(context: Context, addresses: ClientAddresses): RequestHead {
  const { req, method } = context;
  const reached = reachedBy(context, addresses);
  checkOrigin(method, pathOf(req), req.headers, reached.ours);
  return headOf(context, addresses, reached);
}

function pathOf(request: IncomingMessage): string {
  return splitOnce(request.url ?? '/', '?')[0] ?? '/';
}

function headOf({ req, method }: Context, addresses: ClientAddresses, reached: Reached): RequestHead {
  const [path = '/', query] = splitOnce(req.url ?? '/', '?');
  return {
    method,
    path,
    query: query === undefined ? NO_QUERY : new URLSearchParams(query),
    headers: req.headers,
    cookies: parseCookies(req.headers.cookie),
    address: addresses.addressOf(req),
    origin: reached.origin,
    acceptsSecureCookies: reached.acceptsSecureCookies,
    mayDropSecureCookies: reached.mayDropSecureCookies && !isForwarded(req.headers),
  };
}

/** Browsers ask for it beside every page; a site has its own where there is an object at that path. */
function asksForIcon({ method, path }: Request): boolean {
  return path === '/favicon.ico' && (method === 'GET' || method === 'HEAD');
}

function iconResponse({ type, plain }: Asset): Response {
  const headers = { 'content-type': type, 'cache-control': 'public, max-age=86400' };
  return { status: 200, headers, body: plain, kind: 'file' };
}

/** The same of a request that was refused, perhaps because it cannot be read. */
function refusedHead(context: Context, addresses: ClientAddresses): RequestHead | undefined {
  try {
    return headOf(context, addresses, reachedBy(context, addresses));
  } catch {
    return undefined;
  }
}

/** JSON for the API, a form for published content. What is neither is left unread. */
async function readBody(
  context: Context,
  room: BodyRoom,
  isKnown: () => Promise<boolean>,
): Promise<Pick<Request, 'body' | 'form' | 'unreadType'>> {
  const { method, path, req } = context;
  if (!mayHaveBody(context)) return NO_BODY;
  if (RESERVED.test(path)) {
    const unreadType = otherTypeThanJson(req);
    if (unreadType !== undefined) return { ...NO_BODY, unreadType };
    return { body: await readJson(req, room, isKnown), form: NO_FORM };
  }
  return method === 'POST' ? { body: undefined, form: await readForm(req, room) } : NO_BODY;
}

/** Whether visitors may be sent here. What is checked is told, check by check, to who may see management screens. */
async function readiness(context: Context, { publisher, addresses, readyChecks }: BridgeOptions): Promise<Response> {
  const isVerbose = Object.hasOwn(context.query, 'verbose');
  if (!isVerbose) return readyAnswer(readyChecks, false);
  try {
    reachedBy(context, addresses, true);
    await publisher.requirePermission(readHead(context, addresses), 'View management screens');
  } catch (error) {
    // While the storage is out of reach nobody can be recognised, and that is the answer.
    if (!(error instanceof Problem)) await readyAnswer(readyChecks, false);
    throw error;
  }
  return readyAnswer(readyChecks, true);
}

function requireReading({ method }: Context): void {
  if (method !== 'GET' && method !== 'HEAD') throw new MethodNotAllowed(method, ['GET', 'HEAD']);
}

/** What a refusal says beyond itself. */
function furtherHeaders({ req, res }: Context, { status }: Response): Record<string, string> {
  const further: Record<string, string> = {};
  if (status === 401 && req.headers.authorization !== undefined) {
    further['www-authenticate'] = 'Basic realm="Trellis", charset="UTF-8"';
  }
  if (req.complete) return further;
  if (status !== 408 && mayPassBy(req)) passOver(req);
  else {
    leaveUnread(res);
    further['connection'] = 'close';
  }
  return further;
}

function mayHaveBody({ method }: Context): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** Whether what is left of a body is little; or a file, of which browsers send all before they look at the answer. */
function mayPassBy(request: IncomingMessage): boolean {
  const most = bodyTypeOf(request) === UPLOAD_TYPE ? UPLOAD_LIMITS.bytes : MOST_PASSED_BY;
  return Number(request.headers['content-length'] ?? Infinity) <= most;
}

async function sendAsset(context: Context, asset: Asset | undefined, kind: Kind): Promise<void> {
  if (asset === undefined) throw new NotFound(`There is nothing at '${context.path.slice(0, 200)}'.`);
  context.set(headersFor(context)[kind]);
  context.set('content-type', asset.type);
  context.vary('accept-encoding');
  const isZipped = context.acceptsEncodings('gzip', 'identity') === 'gzip';
  if (isZipped) context.set('content-encoding', 'gzip');
  context.body = isZipped ? await asset.zipped() : asset.plain;
}

/** Whether a person's browser asked for published content, so that an error is a page and not JSON. */
function wantsPage(context: Context): boolean {
  return !FOR_PROGRAMS.test(context.path) && (context.get('accept') ?? '').includes('text/html');
}

const NO_COOKIES: ReadonlyMap<string, string> = new Map();

function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  if (header === undefined) return NO_COOKIES;
  const cookies = new Map<string, string>();
  for (const part of header.split(';')) {
    const [name, value] = splitOnce(part, '=');
    const key = name?.trim() ?? '';
    if (value !== undefined && !cookies.has(key)) cookies.set(key, value.trim());
  }
  return cookies;
}

function splitOnce(text: string, separator: string): [string | undefined, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
