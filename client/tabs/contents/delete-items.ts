import { html } from 'lit';
import {
  deleteChildren,
  MOST_DELETED,
  type ConsequencesMessage,
  type DeletedMessage,
  type ObjectMessage,
} from '../../../schema/endpoints/objects.ts';
import { inBatches } from '../../api/batches.ts';
import { call } from '../../api/call.ts';
import { getConsequences } from '../../api/consequences.ts';
import { detailOf } from '../../api/request.ts';
import { nameOf } from '../../model/name-of.ts';
import { ask } from '../../parts/dialog.ts';
import { formatNumber, plural } from '../../parts/format.ts';
import type { Progress } from '../../parts/list/list-controller.ts';
import { flash, flashFailure } from '../../state/flash.ts';
import './consequence-notes.ts';
import { followWords } from './follow-words.ts';

/** What is to be deleted, cut or copied. */
export interface Chosen {
  readonly id: string;
  readonly path: string;
}

const MOST_NAMED = 20;

/** Says what would be lost, asks, deletes, and says what was left. Gives the ids of what is gone. */
export async function deleteItems(
  folder: ObjectMessage,
  items: readonly Chosen[],
  progress: Progress,
): Promise<ReadonlySet<string>> {
  const consequences = await look(folder, items, progress);
  if (!consequences) return new Set();
  const heading = items.length === 1 ? `Delete ${items[0]!.id}?` : `Delete ${plural(items.length, 'item')}?`;
  const isWanted = await ask({
    heading,
    body: body(folder, items, consequences),
    safe: 'Keep',
    action: 'Delete',
    isDangerous: true,
  });
  return isWanted ? remove(folder, items, consequences, progress) : new Set();
}

async function look(
  folder: ObjectMessage,
  items: readonly Chosen[],
  { show, signal }: Progress,
): Promise<ConsequencesMessage | undefined> {
  if (items.length > 1) show('Looking up…');
  try {
    return await getConsequences(folder.path, { ids: items.map(({ id }) => id) }, signal);
  } catch (caught) {
    if (!signal.aborted) flashFailure(`Could not look up what deleting would cost: ${detailOf(caught)}`);
    return undefined;
  } finally {
    show('');
  }
}

function body(folder: ObjectMessage, items: readonly Chosen[], consequences: ConsequencesMessage) {
  const inside = consequences.count - items.length;
  return html`
    <p class="quiet">
      From ${nameOf(folder)}: ${namesOf(items)}${inside > 0 ? `, and ${plural(inside, 'object')} in them` : ''}.
    </p>
    <consequence-notes action="delete" .consequences=${consequences}></consequence-notes>
  `;
}

function namesOf(items: readonly Chosen[]): string {
  const named = items.slice(0, MOST_NAMED).map(({ id }) => id);
  const further = items.length - named.length;
  return named.join(', ') + (further > 0 ? ` and ${formatNumber(further)} more` : '');
}

async function remove(
  { path }: ObjectMessage,
  items: readonly Chosen[],
  consequences: ConsequencesMessage,
  progress: Progress,
): Promise<ReadonlySet<string>> {
  const deleted = new Set<string>();
  const left: DeletedMessage['left'][number][] = [];
  const work = async (batch: readonly Chosen[]) => {
    const answer = await call(deleteChildren, path, { ids: batch.map(({ id }) => id) });
    for (const id of answer.deleted) deleted.add(id);
    left.push(...answer.left);
  };
  const tell = (count: number) => progress.count('Deleting', count, items.length);
  tell(0);
  const { count, failure } = await inBatches(items, MOST_DELETED, work, tell, progress.signal);
  tellDeleted(items, deleted, consequences);
  for (const words of leftWords(items.slice(count), left, failure)) flashFailure(words);
  return deleted;
}

function tellDeleted(items: readonly Chosen[], deleted: ReadonlySet<string>, consequences: ConsequencesMessage) {
  const { pointsHere, services } = consequences;
  const { trouble } = followWords({ updated: [], dangling: pointsHere, services });
  const [only] = deleted;
  const isAll = deleted.size === items.length;
  if (only === undefined) return;
  flash(deleted.size === 1 ? `Deleted '${only}'.` : `Deleted ${plural(deleted.size, 'item')}.`, isAll ? trouble : '');
}

/** What was not deleted, and why. */
export function leftWords(
  waiting: readonly Chosen[],
  left: DeletedMessage['left'],
  failure: unknown,
): readonly string[] {
  const [first, ...others] = left;
  const [only, another] = waiting;
  const what = only && !another ? `'${only.id}'` : plural(waiting.length, 'item');
  const further = others.length > 0 ? ` ${plural(others.length, 'more was', 'more were')} left, too.` : '';
  return [
    ...(first ? [`Could not delete '${first.id}': ${first.why}${further}`] : []),
    ...(failure !== undefined ? [`Could not delete ${what}: ${detailOf(failure)}`] : []),
    ...(failure === undefined && only ? [`Stopped: ${what} ${another ? 'were' : 'was'} not deleted.`] : []),
  ];
}
