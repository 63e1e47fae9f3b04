import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from './base/clock.ts';
import { openLog, type Log } from './base/log.ts';
import { readConfig } from './config.ts';
import { Failures } from './http/failures.ts';
import { openInstallation, type Installation } from './installation.ts';
import { sourceOf } from './storage/contract/blobs.ts';
import { addressUnderTest } from './storage/testing/under-test.ts';
import type { Received, Request, Response } from './publisher/request.ts';
import { requestOf, textOf } from './publisher/testing.ts';

const PASSWORD = 'correct horse battery';

/** How a test asks: as nobody, or as a user with the tests' password. */
interface TestRequest {
  readonly as?: string | null;
  readonly body?: unknown;
  /** The fields of a form in a published page. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as bytes, in place of `body`. */
  readonly bytes?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookie?: string;
  /** By which address the request reached the server. */
  readonly origin?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly text: string;
  /** The body as JSON, shaped as the test expects it. */
  json<T = Record<string, unknown>>(): T;
}

/** A whole installation in a folder of its own, asked without a port. */
export interface TestInstallation extends Installation, AsyncDisposable {
  /** `path` with its query; errors become answers as they do over HTTP. */
  ask(method: string, path: string, asking?: TestRequest): Promise<Answer>;
  readonly folder: string;
}

const silent = openLog('silent');

/** Opens an installation whose administrator is `admin`; in a given folder, a second process's view of it. */
export async function openTestInstallation(
  existing?: string,
  products = '',
  further: Readonly<Record<string, string>> = {},
  { log = silent, clock }: { readonly log?: Log; readonly clock?: Clock } = {},
): Promise<TestInstallation> {
  const folder = existing ?? (await mkdtemp(join(tmpdir(), 'trellis-unit-')));
  const environment = {
    TRELLIS_ADMIN_PASSWORD: PASSWORD,
    TRELLIS_NAME: 'test',
    TRELLIS_PRODUCTS: products,
    ...further,
  };
  const config = readConfig(['--data', folder], environment);
  const storage = addressUnderTest(config.storage, folder);
  const installation = await openInstallation({ ...config, storage }, log, clock);
  const failures = new Failures(installation.publisher, log);
  return {
    ...installation,
    folder,
    async ask(method, path, asking = {}) {
      const request = requestFor(method, path, asking);
      const { publisher } = installation;
      const isApi = /^\/api(\/|$)/.test(request.path);
      const answering = isApi ? publisher.api(request, request.path.slice(4) || '/') : publisher.content(request);
      const wantsPage = !isApi && request.headers.accept === 'text/html';
      const failed = { method, path: request.path, head: request, wantsPage, isContent: !isApi };
      return answerFrom(await answering.catch((error: unknown) => failures.answer({ error, ...failed })));
    },
    async [Symbol.asyncDispose]() {
      await installation.close();
      if (existing === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function requestFor(
  method: string,
  target: string,
  { as = 'admin', body, form, bytes, headers, cookie, origin }: TestRequest,
): Request {
  const authorization = as === null ? {} : { authorization: `Basic ${btoa(`${as}:${PASSWORD}`)}` };
  const cookieHeader = cookie === undefined ? {} : { cookie };
  return requestOf(method, target, {
    headers: { ...authorization, ...cookieHeader, ...headers },
    cookies: new Map(cookie?.split('; ').map((each) => each.split('=') as [string, string])),
    body,
    form: new URLSearchParams(form),
    upload: bytes === undefined ? undefined : { receive: async () => receivedFrom(bytes) },
    ...(origin !== undefined && { origin }),
  });
}

function receivedFrom(bytes: Buffer): Received {
  return { ...sourceOf(bytes), head: async (length) => bytes.subarray(0, length) };
}

async function answerFrom(response: Response): Promise<Answer> {
  const { status, headers, cookies = [] } = response;
  const text = await textOf(response);
  return { status, headers, cookies, text, json: <T>() => JSON.parse(text) as T };
}
