import { call } from '../../api/call.ts';
import { html } from 'lit';
import {
  copyObjects,
  moveObjects,
  type CopiedMessage,
  type MovedMessage,
  type Pasted,
} from '../../../schema/endpoints/clipboard.ts';
import type { ChangeOfPlace, ConsequencesMessage } from '../../../schema/endpoints/objects.ts';
import { idInPath } from '../../../schema/paths.ts';
import { getConsequences } from '../../api/objects.ts';
import { detailOf } from '../../api/request.ts';
import { clipboard, type Clipboard } from '../../model/clipboard.ts';
import { ask } from '../../parts/dialog.ts';
import { plural } from '../../parts/format.ts';
import { flash, flashFailure } from '../../state/flash.ts';
import './consequence-notes.ts';
import { followWords } from './follow-words.ts';

/**
 * Puts what was copied or cut into a folder, and says what became of it; asks first where something else would not work
 * then. Gives the ids it has there; none: nothing was done.
 */
export async function pasteItems(folder: string, held: Clipboard): Promise<readonly string[]> {
  if (!(await isWanted(folder, held))) return [];
  try {
    const items = held.action === 'copy' ? await copy(folder, held) : await move(folder, held);
    return items.map(({ path }) => idInPath(path));
  } catch (caught) {
    flashFailure(`Could not paste: ${detailOf(caught)}`);
    return [];
  }
}

/** Paths that follow are no reason to ask. */
async function isWanted(folder: string, held: Clipboard): Promise<boolean> {
  const action = held.action === 'copy' ? 'copy' : 'move';
  const consequences = await look(folder, held, action);
  if (!consequences) return true;
  const { pointsHere, services, sessions } = consequences;
  const stays = pointsHere.filter(({ mayFollow }) => !mayFollow);
  if (stays.length + services.length + sessions.length === 0) return true;
  const what = wordsFor(held.paths);
  return ask({
    heading: action === 'copy' ? `Paste ${what} into ${folder}?` : `Move ${what} to ${folder}?`,
    body: html`<consequence-notes
      action=${action}
      .consequences=${{ ...consequences, pointsHere: stays }}
    ></consequence-notes>`,
    safe: action === 'copy' ? 'Do not paste' : 'Keep where it is',
    action: action === 'copy' ? 'Paste' : 'Move',
  });
}

/** What cannot be looked up is no reason not to try: the answer says why it is refused. */
async function look(to: string, held: Clipboard, action: ChangeOfPlace): Promise<ConsequencesMessage | undefined> {
  try {
    return await getConsequences(held.folder, { ids: held.paths.map(idInPath), action, to });
  } catch {
    return undefined;
  }
}

/** What was copied can be pasted again. */
async function copy(folder: string, { paths }: Clipboard): Promise<readonly Pasted[]> {
  const { items, leftOut, services }: CopiedMessage = await call(copyObjects, folder, { paths });
  const left = `${plural(leftOut, 'object')} in there that you may not see ${leftOut === 1 ? 'was' : 'were'} left out.`;
  const { trouble = '' } = followWords({ updated: [], dangling: [], services });
  const all = [...(leftOut > 0 ? [left] : []), trouble].filter(Boolean).join(' ');
  flash(`Pasted ${wordsFor(items.map(({ path }) => path))}.`, all || undefined);
  return items;
}

async function move(folder: string, held: Clipboard): Promise<readonly Pasted[]> {
  const answer: MovedMessage = await call(moveObjects, folder, { paths: held.paths });
  if (clipboard.get() === held) clipboard.set(undefined);
  const { text, trouble } = followWords(answer);
  flash(`Moved ${wordsFor(held.paths)} from ${held.folder}.${text}`, trouble);
  return answer.items;
}

function wordsFor(paths: readonly string[]): string {
  const [only] = paths;
  return paths.length === 1 ? `'${idInPath(only!)}'` : plural(paths.length, 'item');
}
