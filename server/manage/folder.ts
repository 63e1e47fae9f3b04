import { composed } from '../../schema/composed.ts';
import { normaliseId } from '../../schema/ids.ts';
import { childPath } from '../../schema/paths.ts';
import type { ChildrenMessage, RenamedMessage } from '../../schema/endpoints/objects.ts';
import { Invalid } from '../base/errors.ts';
import type { TreeObject } from '../objects/object.ts';
import { flag, mapping, text } from '../../schema/json-schema.ts';
import type { ChangingCall } from '../publisher/call.ts';
import { method, type View } from '../publisher/views.ts';
import { SORTS } from '../storage/storage.ts';
import { answersFor, checkProperties, idProblem } from './checks.ts';
import { addableTypes, changePermission, describeChild, describeObject, describeType } from './describe.ts';
import { chooseAgain, followTo, NOTHING_FOLLOWED, pagesOf, together, type Followed } from './links.ts';
import { addable, requirePermission, installed } from './object.ts';
import { pageQuery } from './page-query.ts';
import { nameChanges, Services } from './services.ts';

const LARGEST_PAGE = 1000;
const PAGING = { sorts: SORTS, sort: 'id', order: 'asc', limit: 50, largest: LARGEST_PAGE } as const;

const children = method({
  http: 'GET',
  permission: 'Access contents information',
  summary: 'One page of the folder’s contents, and the folder itself as its own folder would list it.',
  query: {
    offset: 'How many to pass over.',
    limit: `How many at most, up to ${LARGEST_PAGE}; 50 unless said.`,
    sort: `One of ${SORTS.join(', ')}.`,
    order: '`asc` or `desc`.',
    filter: 'Only those whose id, title or type contains this.',
  },
  async run({ object, tree, request }): Promise<ChildrenMessage> {
    const page = await tree.children(object, pageQuery(request.query, PAGING));
    const [folder, ...items] = await Promise.all([object, ...page.objects].map(describeChild));
    return { total: page.total, items, folder: folder! };
  },
});

const types = method({
  http: 'GET',
  permission: 'View management screens',
  summary: 'The add list: the types that the caller may add here.',
  run: (call) => Promise.all(addableTypes(call.object, call).map((type) => describeType(type, call.tree))),
});

const rename = method({
  http: 'POST',
  permission: 'Delete objects',
  summary:
    'Gives an object in this folder another id. The paths that lead to it follow, as far as the caller may change them, unless ' +
    '`updateLinks` is false; the answer names those that did and those that lead nowhere now.',
  body: { from: text, to: text },
  optional: { updateLinks: flag },
  async run(call) {
    const { object: folder, body } = call;
    const object = await childNamed(folder, body.from);
    const to = normaliseId(body.to);
    const problem =
      object.id === to ? undefined : (renameProblem(object) ?? (await idProblem(folder, to, object.definition)));
    if (problem !== undefined) throw new Invalid(problem, [{ pointer: '/to', detail: problem }]);
    const oldPath = object.path;
    const services = await Services.before([object], [folder]);
    const followed = await renameTo(object, to, call, body.updateLinks ?? true);
    const changes = await services.changes();
    call.describe(`Renamed ${oldPath} to ${to}`);
    return async (): Promise<RenamedMessage> => ({
      ...(await describeObject(object, call)),
      ...followed,
      services: nameChanges(changes, call),
    });
  },
});

const check = method({
  http: 'POST',
  permission: 'View management screens',
  summary: 'Looks at values without saving them: what is wrong, and how servers and paths stand right now.',
  optional: { type: text, id: text, properties: mapping },
  async run(call) {
    const { object, body } = call;
    const isNew = body.type !== undefined;
    const definition = body.type === undefined ? installed(object) : addable(call, body.type);
    if (!isNew) requirePermission(call, changePermission(definition), object);
    const subject = isNew ? call.tree.draft(object, { type: definition.type, id: normaliseId(body.id ?? '') }) : object;
    const given = body.properties ?? {};
    const { values, problems } = await checkProperties(subject, definition, given);
    const wrongId =
      isNew && body.id !== undefined ? await idProblem(object, normaliseId(body.id), definition) : undefined;
    const idProblems = wrongId === undefined ? [] : [{ pointer: '/id', detail: wrongId }];
    return {
      errors: [...idProblems, ...problems],
      fields: await answersFor(subject, definition, asAsked(given, values)),
    };
  },
});

/** What a folder shows and does with what it contains; and looking at values before they are saved. */
export const folderViews: readonly View[] = [
  { name: 'children', on: 'folder', methods: [children] },
  { name: 'types', on: 'folder', methods: [types] },
  { name: 'rename', on: 'folder', methods: [rename] },
  { name: 'check', on: 'any', methods: [check] },
];

async function childNamed(folder: TreeObject, name: string): Promise<TreeObject> {
  const id = composed(name);
  const object = await folder.tree.findChild(folder, id);
  if (object !== undefined) return object;
  const detail = `${childPath(folder.path, id)} does not exist`;
  throw new Invalid(detail, [{ pointer: '/from', detail }]);
}

/** Gives it the id, and takes along the paths that lead to it and the pages that know it by its id. */
async function renameTo(object: TreeObject, id: string, call: ChangingCall, takesAlong: boolean): Promise<Followed> {
  if (object.id === id) return NOTHING_FOLLOWED;
  const oldPath = object.path;
  const pages = takesAlong ? await pagesOf(object) : [];
  call.tree.change(object, { id });
  return together([await followTo(object, oldPath, call, takesAlong), chooseAgain(pages, object, call.tree, call)]);
}

function renameProblem(object: TreeObject): string | undefined {
  const fixed = object.definition?.fixedId;
  if (fixed === undefined && object.definition?.isEssential !== true) return undefined;
  return `Cannot rename a ${object.type.toLowerCase()}: it is found by its name.`;
}

/** Values as they would be kept; but lines as they were typed, since each has its answer at its place. */
function asAsked(given: Values, kept: Values): Values {
  const names = Object.keys(given);
  return Object.fromEntries(
    names.map((name) => [name, Array.isArray(given[name]) ? given[name] : (kept[name] ?? given[name])]),
  );
}

type Values = Readonly<Record<string, unknown>>;
