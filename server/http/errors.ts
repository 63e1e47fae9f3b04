import { randomBytes } from 'node:crypto';
import { visibleLines } from '../../schema/invisible.ts';
import { MethodNotAllowed, Problem } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { wordsForVisitors } from '../base/visitor-words.ts';
import type { Failure, Response } from '../publisher/request.ts';
import { errorPage } from './error-page.ts';

/** Whom an answer about a failure is for. */
export interface Recipient {
  /** A person's browser that asked for a page: `GET /shop`. */
  readonly page: { readonly method: string; readonly path: string } | undefined;
  /** Whether they may view management screens. */
  readonly isOperator: boolean;
}

/** What was thrown, as a problem. What was not thrown on purpose is logged, and told by a number only. */
export function problemOf(error: unknown, log: Log): Problem {
  if (error instanceof Problem) return error;
  const reference = randomBytes(6).toString('hex');
  log.error({ err: error, reference }, 'A request failed unexpectedly');
  return new Problem(500, 'unexpected', `Something went wrong on the server. The log names it by ${reference}.`, {
    members: { reference },
    audience: 'anybody',
  });
}

/** The one place where a problem becomes a response; `own` is the site's page about it, if there is one. */
export function responseTo(problem: Problem, recipient: Recipient, own?: string): Response {
  const headers: Record<string, string> = {};
  if (problem.retryAfterS !== undefined) headers['retry-after'] = String(problem.retryAfterS);
  if (problem instanceof MethodNotAllowed) headers['allow'] = problem.allow;
  if (recipient.page === undefined) return document(problem, recipient, headers);
  return pageResponse(problem.status, headers, own ?? builtIn(problem, recipient));
}

/** What a page may tell of a problem. */
export function failureOf(problem: Problem, isOperator: boolean): Failure {
  const words = wordsForVisitors(problem.status);
  const said = visibleLines(problem.message);
  const sentence = problem.audience === 'visitors' ? said : words.sentence;
  const { reference } = problem.members;
  return {
    status: problem.status,
    title: words.heading,
    message: sentence,
    retry_after: problem.retryAfterS ?? null,
    reference: typeof reference === 'string' ? reference : null,
    detail: isOperator && sentence !== said ? said : null,
  };
}

function document(problem: Problem, { isOperator }: Recipient, headers: Record<string, string>): Response {
  const { status, title, code, members } = problem;
  const errors = problem.errors.map((each) => ({ ...each, detail: visibleLines(each.detail) }));
  const isTold = isOperator || problem.audience !== 'operators';
  const body = {
    ...(isTold ? members : {}),
    type: `urn:trellis:problem:${code}`,
    title,
    status,
    detail: isTold ? visibleLines(problem.message) : wordsForVisitors(status).sentence,
    ...(isTold && errors.length > 0 ? { errors } : {}),
  };
  return {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: JSON.stringify(body),
    kind: 'api',
  };
}

function builtIn(problem: Problem, recipient: Recipient): string {
  const { status, title: heading, message, detail } = failureOf(problem, recipient.isOperator);
  const links = linksFor(problem, recipient.page);
  return errorPage({ status, heading, sentence: message, notes: notesOf(problem), links, detail: detail ?? undefined });
}

/** A page about a failure is for the moment, and for whoever asked. */
function pageResponse(status: number, headers: Readonly<Record<string, string>>, body: string): Response {
  const more = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers: { ...headers, ...more }, body, kind: 'content' };
}

function notesOf({ members, retryAfterS = 0 }: Problem): readonly string[] {
  const { reference } = members;
  const notes = retryAfterS > 1 ? [`Try again in ${retryAfterS} seconds.`] : [];
  if (typeof reference === 'string') notes.push(`If you report this, give the number ${reference}.`);
  return notes;
}

/** The next step first. Where the site is another one, nothing here leads to it. */
function linksFor({ status, retryAfterS }: Problem, asked: Recipient['page']): readonly Link[] {
  if (status === 421 || asked === undefined) return [];
  const isPassing = (retryAfterS !== undefined || status === 503) && asked.method === 'GET';
  const signIn = SIGN_IN.get(asked.path === '/' && status === 404 ? 401 : status);
  return [
    ...(isPassing ? [{ href: '', label: 'Try again' }] : []),
    ...(signIn === undefined ? [] : [{ href: '/manage', label: signIn }]),
    ...(asked.path === '/' ? [] : [{ href: '/', label: 'Go to the front page' }]),
  ];
}

interface Link {
  readonly href: string;
  readonly label: string;
}

/** Where it may be somebody else's, or a front page is to be made. */
const SIGN_IN: ReadonlyMap<number, string> = new Map([
  [401, 'Sign in'],
  [403, 'Sign in as somebody else'],
]);
