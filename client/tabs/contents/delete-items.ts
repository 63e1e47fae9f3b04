import { attempt } from '../../api/attempt.ts';
import { call } from '../../api/call.ts';
import { html } from 'lit';
import {
  deleteObject,
  type ChildItem,
  type ConsequencesMessage,
  type ObjectMessage,
} from '../../../schema/endpoints/objects.ts';
import { getConsequences } from '../../api/objects.ts';
import { detailOf } from '../../api/request.ts';
import { nameOf } from '../../model/name-of.ts';
import { ask } from '../../parts/dialog.ts';
import { plural } from '../../parts/format.ts';
import { flash, flashFailure } from '../../state/flash.ts';
import './consequence-notes.ts';
import { followWords } from './follow-words.ts';

/** Says what would be lost, asks, and deletes. Gives how many went. */
export async function deleteItems(folder: ObjectMessage, items: readonly ChildItem[]): Promise<number> {
  const consequences = await look(folder, items);
  if (!consequences) return 0;
  const heading = items.length === 1 ? `Delete ${items[0]!.id}?` : `Delete ${items.length} items?`;
  const isWanted = await ask({
    heading,
    body: body(folder, items, consequences),
    safe: 'Keep',
    action: 'Delete',
    isDangerous: true,
  });
  return isWanted ? remove(items, consequences) : 0;
}

async function look(folder: ObjectMessage, items: readonly ChildItem[]): Promise<ConsequencesMessage | undefined> {
  try {
    return await getConsequences(folder.path, { ids: items.map(({ id }) => id) });
  } catch (caught) {
    flashFailure(`Could not look up what deleting would cost: ${detailOf(caught)}`);
    return undefined;
  }
}

function body(folder: ObjectMessage, items: readonly ChildItem[], consequences: ConsequencesMessage) {
  const names = items.map(({ id }) => id).join(', ');
  const inside = consequences.count - items.length;
  return html`
    <p class="quiet">
      From ${nameOf(folder)}: ${names}${inside > 0 ? `, and ${plural(inside, 'object')} in them` : ''}.
    </p>
    <consequence-notes action="delete" .consequences=${consequences}></consequence-notes>
  `;
}

async function remove(items: readonly ChildItem[], consequences: ConsequencesMessage): Promise<number> {
  let count = 0;
  for (const item of items) {
    if (!(await attempt(`Could not delete '${item.id}'`, () => call(deleteObject, item.path)))) break;
    count += 1;
  }
  if (count === 0) return 0;
  const { trouble } = followWords({ updated: [], dangling: consequences.pointsHere, services: consequences.services });
  flash(
    count === 1 ? `Deleted '${items[0]!.id}'.` : `Deleted ${count} items.`,
    count === items.length ? trouble : undefined,
  );
  return count;
}
