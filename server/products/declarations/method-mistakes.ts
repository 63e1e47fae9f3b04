import { allPermissions, findPermission } from '../../../schema/permissions.ts';
import type { Endpoint } from '../../../schema/endpoint.ts';
import type { Behaviour, Method } from '../../publisher/views.ts';
import {
  among,
  anyText,
  callable,
  flag,
  is,
  isPlain,
  isText,
  mapOf,
  meant,
  optional,
  required,
  shaped,
  words,
} from '../../base/shape.ts';
import type { Check, Mistake, ShapeOf } from '../../base/shape.ts';

/** A permission that somebody declared. */
export const permission: Check = isText(
  "the name of a permission that is declared, such as 'View', or by the product among its own `permissions`",
  (value) => findPermission(value) !== undefined,
  (value) =>
    meant(
      value,
      allPermissions().map(({ name }) => name),
    ),
);

const MEMBERS =
  'text integer number flag time texts mapping oneOf(…) listOf(…) mapOf(…) object(…) orNull(…) either(…)'.split(' ');
const KINDS: readonly unknown[] = ['string', 'integer', 'number', 'boolean', 'array', 'object'];
const memberSchema = is(
  `one of ${MEMBERS.join(', ')}`,
  (value) => isPlain(value) && (KINDS.includes(value['type']) || Array.isArray(value['anyOf'])),
);

const METHOD: ShapeOf<Endpoint & Behaviour<Endpoint>> = {
  view: optional(anyText),
  http: required(among('GET, POST, PATCH or DELETE', () => ['GET', 'POST', 'PATCH', 'DELETE'])),
  permission: required(permission),
  summary: required(words),
  body: optional(mapOf(memberSchema)),
  optional: optional(mapOf(memberSchema)),
  query: optional(mapOf(words)),
  takesBytes: optional(flag),
  givesEvents: optional(flag),
  tail: optional(words),
  answer: optional(is('a JSON Schema, such as object({ … })', isPlain)),
  run: required(callable),
};
const declaration = shaped('a method', METHOD);
const made = is('made by method({ … })', isMethod);

/** One way to reach behaviour over HTTP, or several under one name. */
export const methodCheck: Check = {
  wanted: 'made by method({ … })',
  find: (value, at) => (Array.isArray(value) ? severalMistakes(value, at) : oneMistakes(value, at)),
};

function severalMistakes(methods: readonly unknown[], at: string): readonly Mistake[] {
  if (methods.length === 0) return made.find(methods, at);
  const ways = methods.map((method) => (isMethod(method) ? wayOf(method) : undefined));
  const hidden = ways.flatMap((way, index) => {
    const first = ways.indexOf(way);
    const says = `is never called: ${at}[${first}] answers ${way ?? ''} already.`;
    return way === undefined || first === index ? [] : [{ at: `${at}[${index}]`, says }];
  });
  return [...methods.flatMap((method, index) => oneMistakes(method, `${at}[${index}]`)), ...hidden];
}

function oneMistakes(method: unknown, at: string): readonly Mistake[] {
  if (!isMethod(method)) return made.find(method, at);
  const found = declaration.find(method.declared, at);
  const { body, optional, takesBytes } = method.declared;
  if (body === undefined && optional === undefined) return found;
  if (method.http === 'GET')
    return [...found, { at: `${at}.body`, says: 'is never sent: a GET has none. Use `query`.' }];
  if (takesBytes !== true) return found;
  return [...found, { at: `${at}.body`, says: 'is never sent: with `takesBytes` the body is bytes. Use `query`.' }];
}

function isMethod(value: unknown): value is Method {
  const { call, declared } = (value ?? {}) as Partial<Method>;
  return typeof call === 'function' && declared !== undefined;
}

function wayOf({ http, declared: { tail } }: Method): string {
  return tail === undefined ? http : `${http} with a tail`;
}
