import { checkId } from '../../schema/ids.ts';
import type { FieldAnswer, FieldResult } from '../../schema/endpoints/forms.ts';
import type { FieldSchema } from '../../schema/form-schema.ts';
import { visibleLines } from '../../schema/invisible.ts';
import type { FieldProblem } from '../../schema/problems.ts';
import { checkForm } from '../../schema/properties.ts';
import { Invalid } from '../base/errors.ts';
import type { TreeObject } from '../objects/object.ts';
import type { TypeDefinition } from '../objects/types.ts';
import { answerPath, follow } from './paths.ts';
import { Saying } from './saying.ts';

type Values = Readonly<Record<string, unknown>>;

/** Checks an id for an object that is new in a folder, or renamed there. */
export async function idProblem(
  folder: TreeObject,
  id: string,
  definition: TypeDefinition | undefined,
  { isKept = false } = {},
): Promise<string | undefined> {
  const context = { inRoot: folder.parent === null, isKept };
  const problem = checkId(id, context);
  if (problem !== undefined) return problem;
  if (definition?.fixedId !== undefined && id !== definition.fixedId) {
    return `A ${definition.type} is found by its name, which must be '${definition.fixedId}'.`;
  }
  const holder = await folder.tree.findChild(folder, id);
  return holder === undefined ? undefined : checkId(id, { ...context, taken: () => true });
}

/** Checks properties against their type and the rest of the tree; gives them as they are to be kept. */
export async function checkProperties(
  object: TreeObject,
  definition: TypeDefinition,
  given: Values,
): Promise<{ values: Values; problems: readonly FieldProblem[] }> {
  const form = checkForm(definition.type, definition.properties, given);
  const draft = object.withValues(form.values);
  const paths = Object.entries(form.values).map(async ([name, value]): Promise<readonly FieldProblem[]> => {
    const to = definition.properties[name]?.to;
    const problem = to && (await follow(draft, to, String(value))).problem;
    return problem === undefined ? [] : [{ pointer: `/properties/${name}`, detail: problem }];
  });
  const found = (await Promise.all(paths)).flat();
  const further = (await definition.check?.(draft, { ...form.values, ...linesIn(definition, given) })) ?? [];
  const problems = [...form.problems, ...found, ...further];
  return {
    values: form.values,
    problems: problems.map(({ pointer, detail }) => ({ pointer, detail: visibleLines(detail) })),
  };
}

/** The lines among the values, as they were typed: each keeps its number. */
function linesIn({ properties }: TypeDefinition, given: Values): Values {
  const isLines = ([name, value]: [string, unknown]) =>
    Object.hasOwn(properties, name) &&
    properties[name]!.schema.type === 'array' &&
    hasShape(properties[name]!.schema, value);
  return Object.fromEntries(Object.entries(given).filter(isLines));
}

/** How the given values stand right now: servers asked, paths followed. */
export async function answersFor(
  object: TreeObject,
  definition: TypeDefinition,
  given: Values,
): Promise<Record<string, FieldAnswer>> {
  const draft = object.withValues(given);
  const answers = Object.entries(given).map(
    async ([name, value]) => [name, await answerFor(draft, definition, name, value)] as const,
  );
  const found = await Promise.all(answers);
  return Object.fromEntries(found.flatMap(([name, answer]) => (answer === undefined ? [] : [[name, seen(answer)]])));
}

/** Refuses a change with everything that is wrong with it. */
export function refuse(subject: string, problems: readonly FieldProblem[]): never {
  const [first] = problems;
  const detail =
    problems.length === 1 && first !== undefined
      ? first.detail
      : `${problems.length} values of ${subject} need attention. Nothing was saved.`;
  throw new Invalid(detail, problems);
}

/** The results of several answers in one list; those of lines name their line. */
export function resultsOf(answers: Readonly<Record<string, FieldAnswer>>, values: Values): readonly FieldResult[] {
  return Object.entries(answers).flatMap(([name, answer]) => {
    const value = values[name];
    const named = answer.results.map((result, index) =>
      Array.isArray(value) ? { ...result, text: `${String(value[index])} ${result.text}` } : result,
    );
    return named.filter((_, index) => answer.results[index]?.text !== '');
  });
}

function seen(answer: FieldAnswer): FieldAnswer {
  return { ...answer, results: answer.results.map((each) => ({ ...each, text: visibleLines(each.text) })) };
}

async function answerFor(
  object: TreeObject,
  definition: TypeDefinition,
  name: string,
  value: unknown,
): Promise<FieldAnswer | undefined> {
  const field = Object.hasOwn(definition.properties, name) ? definition.properties[name] : undefined;
  if (field === undefined || !hasShape(field.schema, value)) return undefined;
  const own = await new Saying(object).answer(name, value);
  if (field.to === undefined) return own;
  const answer = await answerPath(object, field.to, String(value));
  return { ...answer, results: [...answer.results, ...(own?.results ?? [])] };
}

/** Whether a value can be asked about at all, though it may break other rules. */
function hasShape(schema: FieldSchema, value: unknown): boolean {
  if (schema.type === 'array') return Array.isArray(value) && value.every((line) => typeof line === 'string');
  return typeof value === (schema.type === 'integer' ? 'number' : schema.type);
}
