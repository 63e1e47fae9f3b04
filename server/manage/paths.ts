import type { PathTarget } from '../../schema/fields.ts';
import type { FieldAnswer, FieldResult, PathCandidate } from '../../schema/endpoints/forms.ts';
import { visible } from '../../schema/invisible.ts';
import { parsePath } from '../../schema/paths.ts';
import type { TreeObject } from '../objects/object.ts';
import { Saying } from './saying.ts';

const MOST_CANDIDATES = 50;

/** Where a path property leads: to what it needs, nowhere, to the wrong thing, or (empty) off. */
export interface Destination {
  readonly object: TreeObject | undefined;
  /** What is wrong, as a sentence. */
  readonly problem: string | undefined;
  /** The object that was probably meant. */
  readonly suggestion: { readonly path: string; readonly text: string } | undefined;
}

/** Follows a path property's value from an object of the same tree. */
export async function follow(from: TreeObject, to: PathTarget, path: string): Promise<Destination> {
  if (path === '') return leadsTo(undefined);
  if (parsePath(path) === undefined)
    return leadsTo(
      undefined,
      `'${visible(path)}' is not a path. A path begins with "/" and names an object, such as /mcsdc.`,
    );
  const object = await from.tree.find(path);
  if (object === undefined)
    return leadsTo(undefined, `There is no object at '${visible(path)}'. This path must lead to ${to.wanted}.`);
  if (object.doesProvide(to)) return leadsTo(object);
  if (object.problem !== undefined) return leadsTo(object, object.problem.sentence);
  const suggestion = await suggestInstead(object, to);
  const problem = `'${visible(path)}' is a ${object.type}. This path must lead to ${to.wanted}.`;
  return leadsTo(object, suggestion === undefined ? problem : `${problem} ${suggestion.text}`, suggestion);
}

function leadsTo(
  object: TreeObject | undefined,
  problem?: string,
  suggestion?: Destination['suggestion'],
): Destination {
  return { object, problem, suggestion };
}

/** How a path stands, for the field that asks for it, with the objects that would do. */
export async function answerPath(from: TreeObject, to: PathTarget, path: string): Promise<FieldAnswer> {
  const destination = await follow(from, to, path);
  const { suggestion } = destination;
  const candidates = await candidatesFor(from, to);
  return { results: [resultOf(destination)], candidates, ...(suggestion && { suggestion }) };
}

function resultOf({ object, problem }: Destination): FieldResult {
  if (problem !== undefined) return { state: 'down', text: problem };
  if (object === undefined) return { state: 'off', text: 'No path: this is off.' };
  return { state: 'ok', text: `Found: ${object.type} '${visible(object.path)}'` };
}

/** An object that leads to the wrong one, and is what was wanted: the container that uses this proxy. */
async function suggestInstead(wrong: TreeObject, to: PathTarget): Promise<Destination['suggestion']> {
  const users = await wrong.tree.pointingTo(wrong.path);
  const meant = users.find(({ object }) => object.doesProvide(to));
  if (meant === undefined) return undefined;
  const { path } = meant.object;
  return { path, text: `'${visible(path)}' uses that ${nounOf(wrong.type)}: use it instead?` };
}

async function candidatesFor(from: TreeObject, to: PathTarget): Promise<readonly PathCandidate[]> {
  const types = from.tree.database.types.providing(to);
  const objects = await from.tree.ofTypes(types, MOST_CANDIDATES);
  const candidates = objects.map(async (object) => ({
    path: object.path,
    type: object.type,
    icon: object.definition?.icon ?? '',
    title: object.title,
    note: (await new Saying(object).size()) ?? '',
  }));
  return (await Promise.all(candidates)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** "MemCache Proxy" gives "proxy". */
function nounOf(type: string): string {
  return type.split(' ').at(-1)?.toLowerCase() ?? type;
}
