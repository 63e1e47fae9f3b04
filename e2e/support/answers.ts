import { readdir } from 'node:fs/promises';
import { Compile } from 'typebox/schema';
import type { Endpoint } from '../../schema/endpoint.ts';
import { decodeUrlPath } from '../../schema/paths.ts';

const FOLDER = new URL('../../schema/endpoints/', import.meta.url);
const files = (await readdir(FOLDER)).filter((name) => !name.endsWith('.test.ts'));
const modules = await Promise.all(files.map((name) => import(new URL(name, FOLDER).href) as Promise<object>));

/** Everything that is declared in schema/endpoints/. */
export const endpoints = modules.flatMap((module) => Object.values(module)).filter(isEndpoint);

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Compares the answer to a request with what its endpoint declares; what differs is thrown, so that it fails the test that asked. */
export function checkAnswer(http: string, path: string, { status, text }: Answered): void {
  if (status < 200 || status > 299) return;
  const possible = declaredAt(http, path);
  if (possible.length === 0) return;
  const problems = possible.map(({ answer }) => problemsOf(answer, text));
  if (problems.some((each) => each.length === 0)) return;
  throw new Error(
    `${http} ${path} answered otherwise than schema/endpoints/ declares:\n${problems.flat().join('\n')}\n${text}`,
  );
}

/** Several where objects of several types have a view of that name. */
function declaredAt(http: string, target: string): readonly Endpoint[] {
  const [path = ''] = target.split('?');
  if (!/^\/api(\/|$)/.test(path)) return [];
  const names = decodeUrlPath(path.slice('/api'.length) || '/') ?? [];
  const at = names.findIndex((name) => name.startsWith('@'));
  const [view = '', tail] = at < 0 ? [] : names.slice(at);
  const asked = endpoints.filter((each) => each.http === http);
  const actions = asked.filter((each) => `@${each.view}` === `${view}/${tail}`);
  if (actions.length > 0) return actions;
  return asked.filter((each) => each.view === view.slice(1) && (each.tail === undefined) === (tail === undefined));
}

function problemsOf(answer: Endpoint['answer'], text: string): readonly string[] {
  if (answer === undefined) return text === '' ? [] : ['It has a body, and none is declared.'];
  if (text === '') return ['It has no body.'];
  const [isRight, problems] = validatorOf(answer).Errors(JSON.parse(text) as unknown);
  return isRight ? [] : problems.map((problem) => JSON.stringify(problem));
}

const validators = new Map<object, ReturnType<typeof Compile>>();

function validatorOf(schema: object): ReturnType<typeof Compile> {
  const validator = validators.get(schema) ?? Compile(schema);
  validators.set(schema, validator);
  return validator;
}

function isEndpoint(value: unknown): value is Endpoint {
  return typeof value === 'object' && value !== null && 'http' in value && 'view' in value;
}
