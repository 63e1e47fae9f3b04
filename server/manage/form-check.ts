import { checkValues } from '../../schema/endpoints/forms.ts';
import { normaliseId } from '../../schema/ids.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { answersFor, checkProperties, idProblem } from './checks.ts';
import { changePermission } from './describe.ts';
import { addable, installed, requirePermission } from './object.ts';

const check = method(checkValues, {
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

/** Looking at the values of a form before they are saved. */
export const formCheckViews = viewsOn('any', check);

/** Values as they would be kept; but lines as they were typed, since each has its answer at its place. */
function asAsked(given: Values, kept: Values): Values {
  const asked = Object.entries(given).map(([name, value]) => [
    name,
    Array.isArray(value) ? value : (kept[name] ?? value),
  ]);
  return Object.fromEntries(asked) as Values;
}

type Values = Readonly<Record<string, unknown>>;
