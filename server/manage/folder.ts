import { composed } from '../../schema/composed.ts';
import { normaliseId } from '../../schema/ids.ts';
import { childPath } from '../../schema/paths.ts';
import { checkProperties as checkEndpoint } from '../../schema/endpoints/forms.ts';
import { CHILD_PAGES, listChildren, listTypes, renameObject } from '../../schema/endpoints/objects.ts';
import { invalidAt } from '../base/errors.ts';
import type { TreeObject } from '../objects/object.ts';
import type { ChangingCall } from '../publisher/call.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { answersFor, checkProperties, idProblem } from './checks.ts';
import { addableTypes, changePermission, describeChild, describeObject, describeType } from './describe.ts';
import { chooseAgain, followTo, NOTHING_FOLLOWED, pagesOf, together, type Followed } from './links.ts';
import { addable, requirePermission, installed } from './object.ts';
import { pageQuery } from './page-query.ts';
import { nameChanges, Services } from './services.ts';

const children = method(listChildren, {
  permission: 'Access contents information',
  async run({ object, tree, request }) {
    const page = await tree.children(object, pageQuery(request.query, CHILD_PAGES));
    const [folder, ...items] = await Promise.all([object, ...page.objects].map(describeChild));
    return { total: page.total, items, folder: folder! };
  },
});

const types = method(listTypes, {
  permission: 'View management screens',
  run: (call) => Promise.all(addableTypes(call.object, call).map((type) => describeType(type, call.tree))),
});

const rename = method(renameObject, {
  permission: 'Delete objects',
  async run(call) {
    const { object: folder, body } = call;
    const object = await childNamed(folder, body.from);
    const to = normaliseId(body.to);
    const problem =
      object.id === to ? undefined : (renameProblem(object) ?? (await idProblem(folder, to, object.definition)));
    if (problem !== undefined) throw invalidAt('/to', problem);
    const oldPath = object.path;
    const services = await Services.before([object], [folder]);
    const followed = await renameTo(object, to, call, body.updateLinks ?? true);
    const changes = await services.changes();
    call.describe(`Renamed ${oldPath} to ${to}`);
    return async () => ({
      ...(await describeObject(object, call)),
      ...followed,
      services: nameChanges(changes, call),
    });
  },
});

const check = method(checkEndpoint, {
  permission: 'View management screens',
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
export const folderViews = [...viewsOn('folder', children, types, rename), ...viewsOn('any', check)];

async function childNamed(folder: TreeObject, name: string): Promise<TreeObject> {
  const id = composed(name);
  const object = await folder.tree.findChild(folder, id);
  if (object !== undefined) return object;
  throw invalidAt('/from', `${childPath(folder.path, id)} does not exist`);
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
  const asked = Object.entries(given).map(([name, value]) => [
    name,
    Array.isArray(value) ? value : (kept[name] ?? value),
  ]);
  return Object.fromEntries(asked) as Values;
}

type Values = Readonly<Record<string, unknown>>;
