import { composed } from '../../schema/composed.ts';
import { normaliseId } from '../../schema/ids.ts';
import { p } from '../../schema/fields.ts';
import { encodeUrlPath } from '../../schema/paths.ts';
import type { FieldProblem } from '../../schema/problems.ts';
import { Forbidden, Invalid, invalidAt, Malformed, PreconditionFailed } from '../base/errors.ts';
import type { TreeObject } from '../objects/object.ts';
import type { TypeDefinition } from '../objects/types.ts';
import type { Call } from '../publisher/call.ts';
import { json } from '../publisher/request.ts';
import {
  addObject,
  changeObject,
  deleteChildren,
  deleteObject,
  MOST_DELETED,
  readObject,
} from '../../schema/endpoints/objects.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { answersFor, checkProperties, idProblem, refuse, resultsOf } from './checks.ts';
import { changePermission, describeObject, timeText } from './describe.ts';

const title = p.string({ title: 'Title', maxLength: 500 });

const read = method(readObject, {
  permission: 'View management screens',
  run(call) {
    return answerWith(call.object, call);
  },
});

const change = method(changeObject, {
  permission: 'View management screens',
  async run(call) {
    const { object, body } = call;
    const definition = installed(object);
    requirePermission(call, changePermission(definition), object);
    checkRevision(call);
    const { values, problems } = await checkProperties(object, definition, body.properties ?? {});
    const all = [...titleProblems(body.title), ...problems];
    if (all.length > 0) refuse(`'${object.path}'`, all);
    const changed = changedValues(object, values);
    const answers = await answersFor(object, definition, changed);
    const isChanged = call.tree.change(object, {
      ...(body.title === undefined ? {} : { title: body.title }),
      properties: values,
    });
    if (isChanged)
      call.describe(`Changed ${wordsFor(Object.keys(changed), body.title !== undefined)} of ${object.path}`);
    return async () => {
      const message = { ...(await describeObject(object, call)), results: resultsOf(answers, values) };
      return json(message, { headers: { etag: etagOf(object) } });
    };
  },
});

const add = method(addObject, {
  permission: 'View management screens',
  async run(call) {
    const { object: folder, body } = call;
    installed(folder);
    const definition = addable(call, body.type);
    const id = normaliseId(body.id);
    const draft = call.tree.draft(folder, { type: body.type, id });
    const wrongId = await idProblem(folder, id, definition);
    const { values, problems } = await checkProperties(draft, definition, body.properties ?? {});
    const idProblems = wrongId === undefined ? [] : [{ pointer: '/id', detail: wrongId }];
    const all = [...idProblems, ...titleProblems(body.title), ...problems];
    if (all.length > 0) refuse('the new object', all);
    const made = call.tree.add(folder, { type: body.type, id, title: body.title ?? '', properties: values });
    call.describe(`Added ${made.path}`);
    return () => answerWithMade(made, call);
  },
});

const remove = method(deleteObject, {
  permission: 'View management screens',
  async run(call) {
    const { object } = call;
    if (object.parent === null) throw new Invalid('The root cannot be deleted.');
    requirePermission(call, 'Delete objects', object.parent);
    const problem = keptProblem(object);
    if (problem !== undefined) throw new Invalid(problem);
    const count = await call.tree.remove(object);
    call.describe(count === 1 ? `Deleted ${object.path}` : `Deleted ${object.path} with ${count - 1} objects in it`);
  },
});

const removeChildren = method(deleteChildren, {
  permission: 'Delete objects',
  async run(call) {
    const { object: folder, body, tree } = call;
    if (body.ids.length > MOST_DELETED) throw invalidAt('/ids', `At most ${MOST_DELETED} objects are deleted at once.`);
    const deleted: string[] = [];
    const left: { id: string; why: string }[] = [];
    let count = 0;
    for (const id of new Set(body.ids.map(composed))) {
      const object = await tree.findChild(folder, id);
      if (object === undefined) continue;
      const why =
        keptProblem(object) ??
        (call.may(remove.permission, object) ? undefined : `You may not delete '${object.path}'.`);
      if (why !== undefined) left.push({ id, why });
      else {
        count += await tree.remove(object);
        deleted.push(id);
      }
    }
    if (count > 0) call.describe(`Deleted ${count} ${count === 1 ? 'object' : 'objects'} of ${folder.path}`);
    return { deleted, left };
  },
});

/** The object itself, as a resource. */
export const objectViews = [...viewsOn('any', read, change, remove), ...viewsOn('folder', add, removeChildren)];

/** Why an object cannot be deleted, whoever asks. */
function keptProblem({ path, definition }: TreeObject): string | undefined {
  return definition?.isEssential === true ? `'${path}' cannot be deleted: this server needs it.` : undefined;
}

/** The definition of a type that may be added here, or a refusal that says why not. */
export function addable(call: Call, type: string): TypeDefinition {
  const definition = call.tree.database.types.find(type);
  if (definition === undefined || definition.hidden === true) {
    throw invalidAt('/type', `There is no type '${type}' to add. GET …/@types lists those there are.`);
  }
  requirePermission(call, definition.addPermission, call.object);
  return definition;
}

export function installed(object: TreeObject): TypeDefinition {
  if (object.definition !== undefined) return object.definition;
  throw new Invalid(`'${object.path}' cannot be changed. ${object.problem?.text ?? ''}`);
}

export function requirePermission(call: Call, permission: string, object: TreeObject): void {
  if (!call.may(permission, object)) {
    throw new Forbidden(`You may not do this at '${object.path}': it needs the permission '${permission}'.`);
  }
}

function etagOf(object: TreeObject): string {
  return `"${object.state.revision}"`;
}

export async function answerWith(object: TreeObject, call: Call) {
  return json(await describeObject(object, call), { headers: { etag: etagOf(object) } });
}

/** The same where it was made by this request. */
export async function answerWithMade(object: TreeObject, call: Call) {
  const headers = { location: `/api${encodeUrlPath(object.path)}`, etag: etagOf(object) };
  return json(await describeObject(object, call), { status: 201, headers });
}

/** Refuses a change made from an older revision than the one that is there, and says what is there now. */
export function checkRevision({ request, object }: Call): void {
  const wanted = request.headers['if-match'];
  if (wanted === undefined || wanted === '*') return;
  const tags = wanted.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => /^"[^"]*"$/.test(tag))) {
    throw new Malformed('If-Match must be the ETag of the object, in quotes, such as "17".');
  }
  if (tags.includes(etagOf(object))) return;
  const { revision, modified, modifiedBy } = object.state;
  const detail = `${modifiedBy ?? 'Somebody'} changed '${object.path}' meanwhile: it is at revision ${revision}.`;
  const current = { title: object.title, properties: object.properties };
  throw new PreconditionFailed(detail, { revision, modified: timeText(modified), modifiedBy, current });
}

function titleProblems(value: string | undefined): readonly FieldProblem[] {
  if (value === undefined) return [];
  return title.check(value).map(({ detail }) => ({ pointer: '/title', detail }));
}

function changedValues({ properties }: TreeObject, values: Readonly<Record<string, unknown>>) {
  const isChanged = ([name, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(properties[name]);
  return Object.fromEntries(Object.entries(values).filter(isChanged));
}

function wordsFor(names: readonly string[], hasTitle: boolean): string {
  const all = hasTitle && names.length === 0 ? ['title'] : names;
  return all.length === 0 ? 'nothing' : all.join(', ');
}
