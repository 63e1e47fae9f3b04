import { html } from 'lit';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import {
  endSession,
  endSessions,
  type EndedSessions,
  type SessionRow,
  type UnopenedRow,
} from '../../../schema/endpoints/sessions.ts';
import { attempt } from '../../api/attempt.ts';
import { call } from '../../api/call.ts';
import { ApiProblem, detailOf } from '../../api/request.ts';
import { askForGood } from '../../parts/dialog.ts';
import { formatNumber, plural } from '../../parts/format.ts';
import { flash, flashFailure } from '../../state/flash.ts';
import { nameOfUser } from './words.ts';

/** Asks, and ends these sessions one by one. Gives whether any was ended. */
export async function endThese(path: string, rows: readonly SessionRow[]): Promise<boolean> {
  const [first] = rows;
  const heading =
    rows.length === 1 && first ? `End the session of ${nameOfUser(first)}?` : `End ${rows.length} sessions?`;
  const body = html`<p class="quiet">
    What is in ${rows.length === 1 ? 'it' : 'them'} is lost, and whoever uses ${rows.length === 1 ? 'it' : 'one'} begins
    a new one with the next request.
  </p>`;
  if (!(await askForGood(heading, body, rows.length === 1 ? 'End session' : `End ${rows.length} sessions`)))
    return false;
  let count = 0;
  for (const { key } of rows) {
    try {
      await call(endSession, path, { tail: key });
      count += 1;
    } catch (caught) {
      // One that has ended by itself meanwhile is as it should be.
      if (caught instanceof ApiProblem && caught.status === 404) continue;
      flashFailure(`Could not end ${plural(rows.length - count, 'session')}: ${detailOf(caught)}`);
      break;
    }
  }
  flash(`Ended ${plural(count, 'session')}.`);
  return true;
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
