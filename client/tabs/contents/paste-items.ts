import { idInPath } from '../../../schema/paths.ts';
import type { CopiedMessage, MovedMessage, Pasted } from '../../../schema/messages/clipboard.ts';
import { copyObjects, moveObjects } from '../../api/objects.ts';
import { detailOf } from '../../api/request.ts';
import { plural } from '../../parts/format.ts';
import { announceChange } from '../../state/changes.ts';
import { clipboard, type Clipboard } from '../../state/clipboard.ts';
import { flash, flashFailure } from '../../state/flash.ts';

/** Puts what was copied or cut into a folder, and says what became of it. Gives the ids it has there; none: nothing was done. */
export async function pasteItems(folder: string, held: Clipboard): Promise<readonly string[]> {
  try {
    const items = held.action === 'copy' ? await copy(folder, held) : await move(folder, held);
    return items.map(({ path }) => idInPath(path));
  } catch (caught) {
    flashFailure(`Could not paste: ${detailOf(caught)}`);
    return [];
  }
}

/** What was copied can be pasted again. */
async function copy(folder: string, { paths }: Clipboard): Promise<readonly Pasted[]> {
  const { items, leftOut }: CopiedMessage = await copyObjects(folder, { paths });
  const trouble = `${plural(leftOut, 'object')} in there that you may not see ${leftOut === 1 ? 'was' : 'were'} left out.`;
  flash(`Pasted ${wordsFor(items)}.`, leftOut > 0 ? trouble : undefined);
  return items;
}

async function move(folder: string, held: Clipboard): Promise<readonly Pasted[]> {
  const { items, updated, dangling }: MovedMessage = await moveObjects(folder, {
    paths: held.paths,
    updateLinks: true,
  });
  if (clipboard.get() === held) clipboard.set(undefined);
  announceChange(held.folder);
  const follow = `${plural(updated.length, 'path')} that led there ${updated.length === 1 ? 'leads' : 'lead'} here now.`;
  const [first] = dangling;
  const lost = first && `${first.property} of ${first.path} leads nowhere now.`;
  flash(`Moved ${wordsFor(items)} from ${held.folder}.${updated.length > 0 ? ` ${follow}` : ''}`, lost);
  return items;
}

function wordsFor(items: readonly Pasted[]): string {
  const [only] = items;
  return items.length === 1 ? `'${idInPath(only!.path)}'` : plural(items.length, 'item');
}
