import type { FieldAnswer } from '../../../schema/endpoints/forms.ts';
import { sessionNameProblem } from '../../../schema/page-names.ts';
import { isWithin } from '../../../schema/paths.ts';
import type { TreeObject } from '../../objects/object.ts';
import { SESSION_MANAGER } from './session-manager.ts';

/** So many pages are looked through: a form asks with every pause in typing. */
const MOST_READ = 1_000;
const MOST_NAMED = 5;

/** How pages read the session under a name, and what becomes of those that know it by the name that is saved. */
export async function answerName(name: string, about: TreeObject): Promise<FieldAnswer> {
  if (sessionNameProblem(name) !== undefined) return { results: [] };
  const says = { state: 'ok', text: `Pages read it as {{ ${name}.cart }}, and as {{ session.cart }}.` } as const;
  const manager = await about.tree.find(about.path);
  const former = manager?.properties['request_name'];
  if (manager === undefined || typeof former !== 'string' || former === name) return { results: [says] };
  const readers = await pagesThatRead(former, manager);
  const more = readers.length > MOST_NAMED ? ` and ${readers.length - MOST_NAMED} more` : '';
  const who = readers.length === 0 ? '' : `: ${readers.slice(0, MOST_NAMED).join(', ')}${more}`;
  const text = `Pages that read {{ ${former}.… }} find nothing under that name any more${who}.`;
  return { results: [says, { state: 'warn', text }] };
}

/** Templates that have the name and find this manager. */
async function pagesThatRead(name: string, manager: TreeObject): Promise<readonly string[]> {
  const word = new RegExp(`\\b${name}\\b`);
  const pages = await manager.tree.ofTypes(['Page Template'], MOST_READ);
  const inside = pages.filter(
    ({ path, properties }) => isWithin(path, manager.parent?.path ?? '/') && word.test(String(properties['text'])),
  );
  const served = await Promise.all(inside.map((page) => page.findService(SESSION_MANAGER)));
  return inside
    .filter((_, index) => served[index] === manager)
    .map(({ path }) => path)
    .toSorted();
}
