import { normaliseId } from '../../schema/ids.ts';
import { p } from '../../schema/fields.ts';
import { encodeUrlPath } from '../../schema/paths.ts';
import type { FieldProblem } from '../../schema/problems.ts';
import { Forbidden, Invalid, invalidAt, Malformed, PreconditionFailed } from '../base/errors.ts';
import type { TreeObject } from '../objects/object.ts';
import type { TypeDefinition } from '../objects/types.ts';
import type { Call } from '../publisher/call.ts';
import { json } from '../publisher/request.ts';
import { addObject, changeObject, deleteObject, readObject } from '../../schema/endpoints/objects.ts';
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
    if (object.definition?.isEssential === true)
      throw new Invalid(`'${object.path}' cannot be deleted: this server needs it.`);
    const count = await call.tree.remove(object);
    call.describe(count === 1 ? `Deleted ${object.path}` : `Deleted ${object.path} with ${count - 1} objects in it`);
  },
});

/** The object itself, as a resource. */
export const objectViews = [...viewsOn('any', read, change, remove), ...viewsOn('folder', add)];

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
