import { formSchema } from '../../schema/fields.ts';
import { mapping, type JsonSchema } from '../../schema/json-schema.ts';
import type { TypeDefinition } from '../objects/types.ts';
import type { Call } from '../publisher/call.ts';
import { method, type Method, type View } from '../publisher/views.ts';
import { siteOf } from '../site/site.ts';

const PROBLEM = {
  description: 'Why not, in a sentence (RFC 9457).',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { pointer: { type: 'string' }, detail: { type: 'string' } } },
    },
  },
};

const PATH_PARAMETER = parameter(
  'path',
  'path',
  'The path of an object without its first slash; the slashes in it stay slashes. The root has none.',
);

/** The API's description, from the declarations that answer its requests. */
export function openApiViews(views: () => readonly View[]): readonly View[] {
  const openapi = method({
    http: 'GET',
    permission: 'View',
    summary: 'This API, in OpenAPI 3.1.',
    answer: mapping,
    run: (call) => describeApi(views(), call.tree.database.types.all(), versionFor(call)),
  });
  return [{ name: 'openapi', on: 'root', methods: [openapi] }];
}

/** Which version this is, is not for everybody to know. */
function versionFor(call: Call): string {
  return call.user.name === null ? '' : siteOf(call).version;
}

function describeApi(
  views: readonly View[],
  types: readonly TypeDefinition[],
  version: string,
): Readonly<Record<string, unknown>> {
  const found: Record<string, Record<string, Set<Method>>> = {};
  const put = (path: string, methods: readonly Method[]) => {
    for (const each of methods) {
      const there = (found[each.declared.tail === undefined ? path : `${path}/{tail}`] ??= {});
      (there[each.http.toLowerCase()] ??= new Set()).add(each);
    }
  };
  for (const view of views) put(address(view.on === 'root', view.name), view.methods);
  for (const type of types) {
    for (const [name, methods] of Object.entries(type.publish?.methods ?? {}))
      put(address(false, name), [methods].flat() as Method[]);
  }
  const paths = mapValues(found, (there, path) => mapValues(there, (methods) => operation([...methods], path)));
  const schemas = Object.fromEntries(types.map((type) => [type.type.replaceAll(' ', ''), formSchema(type.properties)]));
  return {
    openapi: '3.1.0',
    info: { title: 'Trellis', version },
    components: {
      schemas: { Problem: PROBLEM_SCHEMA, ...schemas },
      securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
    },
    security: [{ basic: [] }],
    paths,
  };
}

function address(isRoot: boolean, view: string): string {
  const object = isRoot ? '/api' : '/api/{path}';
  return view === '' ? object : `${object}/@${view}`;
}

/** Objects of different types may answer an address each in their own way. */
function operation(methods: readonly Method[], path: string): unknown {
  const declared = methods.map((each) => each.declared);
  const { tail, takesBytes = false } = declared[0] ?? {};
  const permissions = new Set(methods.map(({ permission }) => `'${permission}'`));
  const query = Object.fromEntries(declared.flatMap((each) => Object.entries(each.query ?? {})));
  const parameters = [
    ...(path.includes('{path}') ? [PATH_PARAMETER] : []),
    ...(tail === undefined ? [] : [parameter('tail', 'path', tail)]),
    ...Object.entries(query).map(([name, description]) => parameter(name, 'query', description)),
  ];
  return {
    summary: [...new Set(declared.map(({ summary }) => summary))].join(' Or: '),
    description: `Needs the permission ${[...permissions].join(' or ')}.`,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBody(anyOf(methods.map(({ bodySchema }) => bodySchema)), takesBytes),
    responses: { ...answersOf(declared), default: PROBLEM },
  };
}

function parameter(name: string, where: 'path' | 'query', description: string): unknown {
  return { name, in: where, ...(where === 'path' ? { required: true } : {}), description, schema: { type: 'string' } };
}

function requestBody(schema: JsonSchema | undefined, takesBytes: boolean): Readonly<Record<string, unknown>> {
  if (takesBytes) return { requestBody: { required: true, content: { 'application/octet-stream': {} } } };
  if (schema === undefined) return {};
  return { requestBody: { required: true, content: { 'application/json': { schema } } } };
}

function answersOf(declared: readonly Method['declared'][]): Readonly<Record<string, unknown>> {
  const schema = anyOf(declared.map(({ answer }) => answer));
  if (schema !== undefined) {
    return { '2XX': { description: schema.description ?? 'The answer.', content: { 'application/json': { schema } } } };
  }
  if (declared.some(({ givesEvents }) => givesEvents)) {
    return { '2XX': { description: 'Events, as they come.', content: { 'text/event-stream': {} } } };
  }
  // Of what is declared where it is answered nobody is made to say what it answers.
  if (declared.some(({ view }) => view === undefined)) return { '2XX': { description: 'It is not described.' } };
  return { 204: { description: 'It is done, and there is nothing to say of it.' } };
}

function anyOf(schemas: readonly (JsonSchema | undefined)[]): JsonSchema | undefined {
  const [first, ...others] = new Set(schemas.filter((schema) => schema !== undefined));
  return first === undefined || others.length === 0 ? first : { anyOf: [first, ...others] };
}

function mapValues<From, To>(from: Readonly<Record<string, From>>, to: (value: From, name: string) => To) {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, to(value, name)]));
}
