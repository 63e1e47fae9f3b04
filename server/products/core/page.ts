import { decodeUrlPath, joinPath } from '../../../schema/paths.ts';
import { Problem } from '../../base/errors.ts';
import type { Call } from '../../publisher/call.ts';
import { html, type Failure, type Response } from '../../publisher/request.ts';
import { rolesOf } from '../../security/policy.ts';
import { siteOf } from '../../site/site.ts';
import { UNSAVED, type Fault, type Names, type Rendered, type Source } from '../../templates/protocol.ts';
import { TemplateFault } from '../../templates/renderer.ts';
import { Renderers } from '../../templates/renderers.ts';
import { changePermission } from '../../manage/describe.ts';
import { readSessionName, sessionNameFor } from '../sessions/session-name.ts';
import { factsOf, PageAnswers, stateNumber, type Special } from './page-answers.ts';
import { localeOf } from './page-locale.ts';

const renderers = new Renderers();

/** Whether a text has any Liquid in it; one without is sent as it is. */
export function isTemplate(text: unknown): text is string {
  return typeof text === 'string' && /\{[{%]/.test(text);
}

/** What a visitor of a page template gets. */
export async function publishPage(call: Call): Promise<Response> {
  const text = String(call.object.properties['text']);
  if (!isTemplate(text)) {
    call.reads.object(call.object);
    return html(text);
  }
  try {
    const { body, redirect } = await makePage(call);
    return redirect === undefined ? html(body) : { ...html(''), status: 303, headers: { location: redirect } };
  } catch (error) {
    throw error instanceof TemplateFault ? brokenPage(call, error.fault) : error;
  }
}

/** The page of a template about what failed elsewhere. */
export async function showFailure(call: Call, failure: Failure): Promise<string> {
  const text = String(call.object.properties['text']);
  if (!isTemplate(text)) return text;
  try {
    const { body, redirect } = await makePage(call, { failure });
    if (redirect === undefined) return body;
  } catch (error) {
    throw error instanceof TemplateFault ? new Error(whereAndWhat(error.fault), { cause: error }) : error;
  }
  throw new Error(`'${call.object.path}': A page about a failure cannot redirect.`);
}

/** Renders the template that is called. */
export async function makePage(call: Call, special: Special = {}): Promise<Rendered> {
  const { unsaved, failure } = special;
  const answers = new PageAnswers(call, special);
  const source: Source = { number: unsaved === undefined ? stateNumber(call.object) : UNSAVED, path: call.object.path };
  const names = { ...(await namesOf(call, failure)), error: failure ?? null };
  const rendered = await renderers.render({ source, names }, (question) => answers.answer(question));
  for (const name of rendered.touched.values) call.reads.request(name);
  if (rendered.touched.furtherName) await readSessionName(call);
  if (rendered.touched.user) call.reads.user();
  if (rendered.touched.user && call.user.name !== null) call.keepPrivate();
  if (rendered.touched.volatile) call.reads.never();
  return rendered;
}

/** What is wrong with a text before anything is rendered. */
export async function syntaxFaults(text: string, path: string): Promise<readonly Fault[]> {
  try {
    return await renderers.parse(text, path);
  } catch (error) {
    if (error instanceof TemplateFault) return [error.fault];
    throw error;
  }
}

async function namesOf(call: Call, failure: Failure | undefined): Promise<Omit<Names, 'error'>> {
  const { object, addressed, tree, request, user } = call;
  const shown = (each: typeof object) => {
    call.reads.object(each);
    return factsOf(each, call);
  };
  return {
    here: shown(addressed),
    container: shown(object.parent ?? object),
    root: shown(await tree.root()),
    template: shown(object),
    user: user.name === null ? null : { name: user.name, roles: rolesOf(user, object) },
    sessionName: await sessionNameFor(object),
    ...localeOf(object),
    method: request.method,
    path: failure === undefined ? addressed.path : askedPath(request.path),
    query: [...request.query],
    form: [...request.form],
  };
}

/**
 * What was asked for, where there may be nothing: as people read it, or as it was sent where nobody could. In a link it leads
 * to this site, whatever a browser makes of how it begins.
 */
function askedPath(urlPath: string): string {
  const names = decodeUrlPath(urlPath);
  return (names === undefined ? urlPath : joinPath(names)).replace(/^\/[/\\\t\r\n]+/, '/');
}

/** Whoever may mend the template learns what is wrong with it; visitors learn that it is not their fault. */
function brokenPage(call: Call, fault: Fault): Problem {
  const { object } = call;
  const { path, line, message } = fault;
  siteOf(call).log.warn({ path, line, reason: message }, 'A page template could not be rendered');
  const audience = call.may(changePermission(object.definition), object) ? 'visitors' : 'operators';
  return new Problem(500, 'broken-page', `The page could not be rendered. ${whereAndWhat(fault)}`, { audience });
}

function whereAndWhat({ path, line, message }: Fault): string {
  return `${line === 0 ? `'${path}'` : `'${path}', line ${line}`}: ${message}`;
}
