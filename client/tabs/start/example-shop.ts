import { html, nothing } from 'lit';
import { plantExample, type ExampleMessage } from '../../../schema/endpoints/example.ts';
import { deleteObject } from '../../../schema/endpoints/objects.ts';
import { attempt } from '../../api/attempt.ts';
import { call } from '../../api/call.ts';
import { getConsequences } from '../../api/consequences.ts';
import { ask } from '../../parts/dialog.ts';
import { plural } from '../../parts/format.ts';
import { flash } from '../../state/flash.ts';
import '../contents/consequence-notes.ts';

/** Puts the shop into the tree. Gives whether it is there now. */
export function plantShop(): Promise<boolean> {
  return attempt('Could not load the example shop', async () => {
    const { path, count } = await call(plantExample, '/', {});
    flash(`Loaded the example shop: ${plural(count, 'object')} at ${path}.`);
  });
}

/** Names what goes with it, asks, and deletes it. Gives whether it is gone. */
export async function removeShop({ path, inside, own }: ExampleMessage): Promise<boolean> {
  let isGone = false;
  await attempt('Could not remove the example shop', async () => {
    const consequences = await getConsequences('/', { ids: [path.slice(1)] });
    const more = consequences.count - 1 - inside.length;
    const isWanted = await ask({
      heading: 'Remove the example shop?',
      body: html`
        <p class="quiet">
          ${path} goes, with all that is in it: ${namesOf(inside, path)}${more > 0 ? ` and ${more} more` : ''}.
        </p>
        ${own.length > 0 ? html`<p class="warn">Not of the example: ${namesOf(own, path)}.</p>` : nothing}
        <consequence-notes action="delete" .consequences=${consequences}></consequence-notes>
      `,
      safe: 'Keep',
      action: 'Remove',
      isDangerous: true,
    });
    if (!isWanted) return;
    await call(deleteObject, path);
    flash(`Removed the example shop: ${plural(consequences.count, 'object')} at ${path}.`);
    isGone = true;
  });
  return isGone;
}

/** Paths as one reads them who knows the folder. */
export function namesOf(paths: readonly string[], folder: string): string {
  return paths.map((path) => path.slice(folder.length + 1)).join(', ');
}
