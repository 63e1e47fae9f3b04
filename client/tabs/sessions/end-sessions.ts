import { html } from 'lit';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import {
  endSession,
  endSessions,
  MOST_ENDED,
  type EndedSessions,
  type SessionRow,
  type UnopenedRow,
} from '../../../schema/endpoints/sessions.ts';
import { attempt } from '../../api/attempt.ts';
import { inBatches } from '../../api/batches.ts';
import { call } from '../../api/call.ts';
import { detailOf } from '../../api/request.ts';
import { askForGood } from '../../parts/dialog.ts';
import { formatNumber, plural } from '../../parts/format.ts';
import type { Progress } from '../../parts/list/list-controller.ts';
import { flash, flashFailure } from '../../state/flash.ts';
import { nameOfUser } from './words.ts';

/** Asks, and ends the session. Gives whether it was ended. */
export async function endOne(path: string, row: SessionRow): Promise<boolean> {
  const body = html`<p class="quiet">
    What is in it is lost, and whoever uses it begins a new one with the next request.
  </p>`;
  if (!(await askForGood(`End the session of ${nameOfUser(row)}?`, body, 'End session'))) return false;
  return (await end(path, [row.key])).size > 0;
}

/** Asks, and ends these sessions. Gives the keys of those that are gone. */
export async function endThese(
  path: string,
  keys: readonly string[],
  progress: Progress,
): Promise<ReadonlySet<string>> {
  const what = plural(keys.length, 'session');
  const body = html`<p class="quiet">
    What is in ${keys.length === 1 ? 'it' : 'them'} is lost, and whoever uses ${keys.length === 1 ? 'it' : 'one'} begins
    a new one with the next request.
  </p>`;
  if (!(await askForGood(`End ${what}?`, body, `End ${what}`))) return new Set();
  return end(path, keys, progress);
}

async function end(path: string, keys: readonly string[], progress?: Progress): Promise<ReadonlySet<string>> {
  let ended = 0;
  const kept: EndedSessions['left'][number][] = [];
  const work = async (batch: readonly string[]) => {
    const answer = await call(endSessions, path, { keys: batch });
    ended += answer.known ?? 0;
    kept.push(...answer.left);
  };
  const tell = (count: number) => progress?.count('Ending', count, keys.length);
  tell(0);
  const { count, failure } = await inBatches(keys, MOST_ENDED, work, tell, progress?.signal);
  if (count > kept.length) flash(`Ended ${plural(ended, 'session')}.`);
  if (kept.length > 0) flashFailure(`Could not end ${plural(kept.length, 'session')}: ${kept[0]!.why}`);
  const left = plural(keys.length - count, 'session');
  if (failure !== undefined) flashFailure(`Could not end ${left}: ${detailOf(failure)}`);
  else if (count < keys.length)
    flashFailure(`Stopped: ${left} ${keys.length - count === 1 ? 'was' : 'were'} not ended.`);
  return new Set(keys.slice(0, count)).difference(new Set(kept.map(({ key }) => key)));
}

/** Asks, and ends what may be somebody's session and cannot be opened. Gives whether it was done. */
export async function endUnopened(path: string, { key }: UnopenedRow): Promise<boolean> {
  const body = html`<p class="quiet">
    It cannot be seen whose session it is. Whoever uses it begins a new one with the next request.
  </p>`;
  if (!(await askForGood(`End the record ${key.slice(0, 6)}…?`, body, 'End it'))) return false;
  return attempt('Could not end it', async () => {
    await call(endSession, path, { tail: key });
    flash('Ended 1 session.');
  });
}

/** Asks, and ends all sessions of a container. Gives whether it was done. */
export async function endAllOf({ path, id }: ObjectMessage, total: number | undefined): Promise<boolean> {
  const all =
    total === undefined ? 'All sessions' : total === 1 ? 'The one session' : `All ${formatNumber(total)} sessions`;
  const body = html`<p class="quiet">
    ${all} kept in ${path} ${total === 1 ? 'ends' : 'end'} at once, your own included, and what is in them is lost.
    Nothing else is touched.
  </p>`;
  if (!(await askForGood(`End all sessions of ${id}?`, body, 'End all sessions'))) return false;
  return done(() => call(endSessions, path, {}), 'of everybody');
}

/** Asks, and ends all sessions that a user has in a container. Gives whether it was done. */
export async function endAllOfUser(path: string, user: string): Promise<boolean> {
  const body = html`<p class="quiet">
    Every session in ${path} that was last used by ${user} ends at once, on every device, and what is in them is lost.
  </p>`;
  if (!(await askForGood(`End all sessions of ${user}?`, body, 'End all sessions'))) return false;
  return done(() => call(endSessions, path, { user }), `of ${user}`);
}

function done(end: () => Promise<EndedSessions>, whose: string): Promise<boolean> {
  return attempt(`Could not end the sessions ${whose}`, async () => {
    const { known } = await end();
    flash(known === null ? `Ended all sessions ${whose}.` : `Ended ${plural(known, 'session')} ${whose}.`);
  });
}
