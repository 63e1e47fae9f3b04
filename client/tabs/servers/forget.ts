import { html } from 'lit';
import type { FormerServerMessage } from '../../../schema/endpoints/servers.ts';
import { attempt } from '../../api/attempt.ts';
import { call } from '../../api/call.ts';
import { forgetServer } from '../../../schema/endpoints/servers.ts';
import { askForGood } from '../../parts/dialog.ts';
import { flash } from '../../state/flash.ts';
import { lossOf } from './former-words.ts';

/** Asks, and has a server that was taken out asked no more. Gives whether it was tried. */
export async function forget(proxy: string, server: FormerServerMessage, replicas: number): Promise<boolean> {
  const { address } = server;
  const loss = html`<p class="quiet">${lossOf(server, replicas)}</p>`;
  if (!(await askForGood(`Forget ${address}?`, loss, 'Forget it'))) return false;
  await attempt(`Could not forget ${address}`, async () => {
    await call(forgetServer, proxy, { address });
    flash(`${address} is asked no more.`);
  });
  return true;
}
