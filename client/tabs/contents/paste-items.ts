import { call } from '../../api/call.ts';
import { html } from 'lit';
import {
  copyObjects,
  moveObjects,
  MOST_PASTED,
  type FollowedMessage,
  type Pasted,
} from '../../../schema/endpoints/clipboard.ts';
import type { ChangeOfPlace, ConsequencesMessage } from '../../../schema/endpoints/objects.ts';
import { idInPath } from '../../../schema/paths.ts';
import { inBatches } from '../../api/batches.ts';
import { getConsequences } from '../../api/consequences.ts';
import { detailOf } from '../../api/request.ts';
import { clipboard, type Clipboard } from '../../model/clipboard.ts';
import { ask } from '../../parts/dialog.ts';
import { formatNumber, plural } from '../../parts/format.ts';
import { flash, flashFailure } from '../../state/flash.ts';
import './consequence-notes.ts';
import { followWords, together } from './follow-words.ts';

type Progress = (count: number) => void;

/**
 * Puts what was copied or cut into a folder, and says what became of it; asks first where something else would not work
 * then. Gives the ids it has there; none: nothing was done.
 */
export async function pasteItems(folder: string, held: Clipboard, onProgress: Progress): Promise<readonly string[]> {
  if (!(await isWanted(folder, held))) return [];
  const items = await (held.action === 'copy' ? copy : move)(folder, held, onProgress);
  return items.map(({ path }) => idInPath(path));
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
async function copy(folder: string, { paths }: Clipboard, onProgress: Progress): Promise<readonly Pasted[]> {
  const done: Pasted[] = [];
  const meant: FollowedMessage[] = [];
  let leftOut = 0;
  const work = async (batch: readonly string[]) => {
    const answer = await call(copyObjects, folder, { paths: batch });
    done.push(...answer.items);
    meant.push({ updated: [], dangling: [], services: answer.services });
    leftOut += answer.leftOut;
  };
  const { failure } = await inBatches(paths, sizeFor(paths), work, onProgress);
  const left = `${plural(leftOut, 'object')} in there that you may not see ${leftOut === 1 ? 'was' : 'were'} left out.`;
  const { trouble = '' } = followWords(together(meant));
  const all = [...(leftOut > 0 ? [left] : []), trouble].filter(Boolean).join(' ');
  tell(paths, done, failure, () => flash(`Pasted ${wordsFor(done.map(({ path }) => path))}.`, all || undefined));
  return done;
}

async function move(folder: string, held: Clipboard, onProgress: Progress): Promise<readonly Pasted[]> {
  const done: Pasted[] = [];
  const meant: FollowedMessage[] = [];
  const work = async (batch: readonly string[]) => {
    const answer = await call(moveObjects, folder, { paths: batch });
    done.push(...answer.items);
    meant.push(answer);
  };
  const { count, failure } = await inBatches(held.paths, sizeFor(held.paths), work, onProgress);
  const paths = held.paths.slice(count);
  if (clipboard.get() === held) clipboard.set(paths.length > 0 ? { ...held, paths } : undefined);
  const { text, trouble } = followWords(together(meant));
  tell(held.paths, done, failure, () =>
    flash(`Moved ${wordsFor(done.map(({ from }) => from))} from ${held.folder}.${text}`, trouble),
  );
  return done;
}

/** What one call takes is done in one, all or nothing. Of more, less at a time: what is in them counts, too. */
function sizeFor({ length }: readonly string[]): number {
  return length > MOST_PASTED ? MOST_PASTED / 4 : MOST_PASTED;
}

function tell(paths: readonly string[], done: readonly Pasted[], failure: unknown, success: () => void) {
  if (done.length > 0) success();
  if (failure === undefined) return;
  const left = paths.length - done.length;
  const what = done.length > 0 ? ` ${plural(left, 'item')} of ${formatNumber(paths.length)}` : '';
  flashFailure(`Could not paste${what}: ${detailOf(failure)}`);
}

function wordsFor(paths: readonly string[]): string {
  const [only] = paths;
  return paths.length === 1 ? `'${idInPath(only!)}'` : plural(paths.length, 'item');
}
