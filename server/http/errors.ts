import { randomBytes } from 'node:crypto';
import { MethodNotAllowed, Problem } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { escapeHtml, type Response } from '../publisher/request.ts';

/** The one place where an error becomes a response. What was not thrown on purpose is logged and told by a number only. */
export function responseTo(error: unknown, acceptsHtml: boolean, log: Log): Response {
  const problem = error instanceof Problem ? error : unexpected(error, log);
  if (problem === error && problem.status === 500) log.error({ err: problem }, 'A request met something damaged');
  const headers: Record<string, string> = {};
  if (problem.retryAfterS !== undefined) headers['retry-after'] = String(problem.retryAfterS);
  if (problem instanceof MethodNotAllowed) headers['allow'] = problem.allow;
  return acceptsHtml ? page(problem, headers) : document(problem, headers);
}

function document(problem: Problem, headers: Record<string, string>): Response {
  const body = {
    ...problem.members,
    type: `urn:trellis:problem:${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
  };
  return {
    status: problem.status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: JSON.stringify(body),
    kind: 'api',
  };
}

/** For a visitor's browser. */
function page(problem: Problem, headers: Record<string, string>): Response {
  const title = `${problem.status} ${escapeHtml(problem.title)}`;
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><h1>${title}</h1><p>${escapeHtml(problem.message)}</p></html>\n`;
  const more = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
  return { status: problem.status, headers: { ...headers, ...more }, body, kind: 'content' };
}

function unexpected(error: unknown, log: Log): Problem {
  const reference = randomBytes(6).toString('hex');
  log.error({ err: error, reference }, 'A request failed unexpectedly');
  return new Problem(500, 'unexpected', `Something went wrong on the server. The log names it by ${reference}.`, {
    members: { reference },
  });
}
