import { html } from 'lit';
import type { FormerServerMessage } from '../../../schema/endpoints/servers.ts';
import { detailOf } from '../../api/request.ts';
import { call } from '../../api/call.ts';
import { forgetServer } from '../../../schema/endpoints/servers.ts';
import { ask } from '../../parts/dialog.ts';
import { flash, flashFailure } from '../../state/flash.ts';
import { lossOf } from './former-words.ts';

/** Asks, and has a server that was taken out asked no more. Gives whether it was tried. */
export async function forget(proxy: string, server: FormerServerMessage, replicas: number): Promise<boolean> {
  const { address } = server;
  const isWanted = await ask({
    heading: `Forget ${address}?`,
    body: html`<p class="quiet">${lossOf(server, replicas)}</p>`,
    safe: 'Keep',
    action: 'Forget it',
    isDangerous: true,
    note: 'There is no undo.',
  });
  if (!isWanted) return false;
  try {
    await call(forgetServer, proxy, { address });
    flash(`${address} is asked no more.`);
  } catch (caught) {
    flashFailure(`Could not forget ${address}: ${detailOf(caught)}`);
  }
  return true;
}
