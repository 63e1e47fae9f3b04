import { html } from 'lit';
import { endOtherLogins, endOtherSessions } from '../../schema/endpoints/own-sessions.ts';
import { call } from '../api/call.ts';
import { detailOf } from '../api/request.ts';
import { ask } from '../parts/dialog.ts';
import { plural } from '../parts/format.ts';
import { flash, flashFailure } from '../state/flash.ts';

/** Asks, and ends every login and session of one's own but those of this browser. Gives whether it was done. */
export async function endOthers(): Promise<boolean> {
  const isWanted = await ask({
    heading: 'End everything on other devices?',
    body: html`<p class="quiet">
      You are signed out of the interface everywhere but here, and your sessions in other browsers end. What is in them
      is lost.
    </p>`,
    safe: 'Keep',
    action: 'End all others',
    isDangerous: true,
    note: 'There is no undo.',
  });
  if (!isWanted) return false;
  try {
    const logins = await call(endOtherLogins, '/', {});
    const sessions = await call(endOtherSessions, '/', {});
    const words = `Ended ${plural(logins.ended, 'login')} and ${plural(sessions.ended, 'session')}.`;
    flash(words, sessions.unseen.length > 0 ? sessions.unseen.join(' ') : undefined);
  } catch (caught) {
    flashFailure(`Could not end all others: ${detailOf(caught)}`);
  }
  return true;
}
