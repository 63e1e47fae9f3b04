import type { FieldAnswer } from '../../../../schema/endpoints/forms.ts';
import { nothingIfUnavailable } from '../../../base/errors.ts';
import { Saying } from '../../../manage/saying.ts';
import type { TreeObject } from '../../../objects/object.ts';
import type { KnownSessions } from '../../../sessions/list/session-list.ts';
import { SESSION_CONTAINER } from '../../stores/session-container.ts';

/** Looking at an object, or asking what a change would cost, must not take long. */
const MOST_COUNTED = 1_000;

const UNKNOWN = 'An unknown number of live sessions';

/** How many sessions a container keeps, as far as that can be seen: "12 live sessions", "at least 3 live sessions". */
export async function liveSessions(object: TreeObject): Promise<string> {
  // Where there is no way to the sessions, nobody has one there; where servers are silent, nobody knows.
  const container = await object.provide(SESSION_CONTAINER).catch(nothingIfUnavailable);
  if (container === undefined) return '';
  return wordsFor(await container.list.known(MOST_COUNTED).catch(nothingIfUnavailable));
}

/** What another path in a property would leave behind: sessions stay where they began until they expire. */
export async function leftBehind(property: string, path: string, about: TreeObject): Promise<FieldAnswer> {
  const object = await about.tree.find(about.path);
  const saved = object?.properties[property];
  if (object === undefined || typeof saved !== 'string' || saved === '' || saved === path) return { results: [] };
  const keeper = object.definition?.holds === undefined ? await about.tree.find(saved) : object;
  const kept = keeper === undefined ? '' : await new Saying(keeper).holds();
  if (kept === '') return { results: [] };
  const stay = kept.startsWith('1 ') ? 'stays behind' : 'stay behind';
  const ending = kept.startsWith('1 ') ? 'it expires' : 'they expire';
  return { results: [{ state: 'warn', text: `${kept} ${stay} in ${saved} until ${ending}.` }] };
}

function wordsFor(known: KnownSessions | undefined): string {
  if (known === undefined) return UNKNOWN;
  const { count, unopened, isAll } = known;
  if (count + unopened === 0) return isAll ? '' : UNKNOWN;
  const figure = (count + unopened).toLocaleString('en');
  const sessions = count + unopened === 1 ? 'live session' : 'live sessions';
  if (!isAll) return `At least ${figure} ${sessions}`;
  return unopened > 0 ? `About ${figure} ${sessions}` : `${figure} ${sessions}`;
}
