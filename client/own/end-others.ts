import { html } from 'lit';
import { endOtherLogins, endOtherSessions } from '../../schema/endpoints/own-sessions.ts';
import { attempt } from '../api/attempt.ts';
import { call } from '../api/call.ts';
import { askForGood } from '../parts/dialog.ts';
import { plural } from '../parts/format.ts';
import { flash } from '../state/flash.ts';

/** Asks, and ends every login and session of one's own but those of this browser. Gives whether it was done. */
export async function endOthers(): Promise<boolean> {
  const loss = html`<p class="quiet">
    You are signed out of the interface everywhere but here, and your sessions in other browsers end. What is in them is
    lost.
  </p>`;
  if (!(await askForGood('End everything on other devices?', loss, 'End all others'))) return false;
  await attempt('Could not end all others', async () => {
    const logins = await call(endOtherLogins, '/', {});
    const sessions = await call(endOtherSessions, '/', {});
    const words = `Ended ${plural(logins.ended, 'login')} and ${plural(sessions.ended, 'session')}.`;
    flash(words, sessions.unseen.length > 0 ? sessions.unseen.join(' ') : undefined);
  });
  return true;
}
