import { html, nothing } from 'lit';
import type { ChildItem, ConsequencesMessage, ObjectMessage } from '../../../schema/messages/objects.ts';
import { deleteObject, getConsequences } from '../../api/objects.ts';
import { detailOf } from '../../api/request.ts';
import { ask } from '../../parts/dialog.ts';
import { plural } from '../../parts/format.ts';
import { nameOf } from '../../shell/page-head.ts';
import { flash, flashFailure } from '../../state/flash.ts';
import { addressOf } from '../../state/location.ts';

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
  return isWanted ? remove(items) : 0;
}

async function look(folder: ObjectMessage, items: readonly ChildItem[]): Promise<ConsequencesMessage | undefined> {
  try {
    return await getConsequences(
      folder.path,
      items.map(({ id }) => id),
    );
  } catch (caught) {
    flashFailure(`Could not look up what deleting would cost: ${detailOf(caught)}`);
    return undefined;
  }
}

function body(folder: ObjectMessage, items: readonly ChildItem[], { count, pointsHere }: ConsequencesMessage) {
  const names = items.map(({ id }) => id).join(', ');
  const inside = count - items.length;
  return html`
    <p class="quiet">
      From ${nameOf(folder)}: ${names}${inside > 0 ? `, and ${plural(inside, 'object')} in them` : ''}.
    </p>
    ${
      pointsHere.length === 0
        ? nothing
        : html`<div class="notice">
            <t-dot state="warn" class="strong">
              ${plural(pointsHere.length, 'object')} ${pointsHere.length === 1 ? 'points' : 'point'} to what you delete
            </t-dot>
            <ul>
              ${pointsHere.map(
                ({ path, to, loss, note }) =>
                  html`<li>
                    <a href=${addressOf(path)} target="_blank">${path}</a> uses
                    ${to}${loss ? `; ${loss}` : ''}${note ? ` (${note})` : ''}.
                  </li>`,
              )}
            </ul>
          </div>`
    }
  `;
}

async function remove(items: readonly ChildItem[]): Promise<number> {
  let count = 0;
  for (const item of items) {
    try {
      await deleteObject(item.path);
      count += 1;
    } catch (caught) {
      flashFailure(`Could not delete '${item.id}': ${detailOf(caught)}`);
      break;
    }
  }
  if (count > 0) flash(count === 1 ? `Deleted '${items[0]!.id}'.` : `Deleted ${count} items.`);
  return count;
}
