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
  const paths: Record<string, Record<string, unknown>> = {};
  const put = (path: string, methods: readonly Method[]) => {
    for (const each of methods) {
      const full = each.declared.tail === undefined ? path : `${path}/{tail}`;
      paths[full] = { ...paths[full], [each.http.toLowerCase()]: operation(each, full) };
    }
  };
  for (const view of views) put(address(view.on === 'root', view.name), view.methods);
  for (const type of types) {
    for (const [name, methods] of Object.entries(type.methods ?? {}))
      put(address(false, name), [methods].flat() as Method[]);
  }
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

function operation({ declared, permission, bodySchema }: Method, path: string): unknown {
  const { summary, tail, query = {}, takesBytes = false } = declared;
  const parameters = [
    ...(path.includes('{path}') ? [PATH_PARAMETER] : []),
    ...(tail === undefined ? [] : [parameter('tail', 'path', tail)]),
    ...Object.entries(query).map(([name, description]) => parameter(name, 'query', description)),
  ];
  return {
    summary,
    description: `Needs the permission '${permission}'.`,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBody(bodySchema, takesBytes),
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

function answersOf({ view, answer }: Method['declared']): Readonly<Record<string, unknown>> {
  // Of what is declared where it is answered nobody is made to say what it answers.
  if (answer === undefined && view === undefined) return { '2XX': { description: 'It is not described.' } };
  if (answer === undefined) return { 204: { description: 'It is done, and there is nothing to say of it.' } };
  const { description = 'The answer.' } = answer;
  return { '2XX': { description, content: { 'application/json': { schema: answer } } } };
}
