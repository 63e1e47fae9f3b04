import { html } from 'lit';
import type { SetupMessage } from '../../../schema/endpoints/setup.ts';
import { plural } from '../../parts/format.ts';
import { addressOf } from '../../state/route.ts';

/** Whether sessions are kept behind servers already, so that a set-up would make a second proxy and container. */
export function isSetUp({ manager, store, servers }: SetupMessage): boolean {
  return manager !== null && store !== null && servers > 0;
}

/** Where sessions are kept now and what that means, as sentences. */
export function keptWords(found: SetupMessage): string {
  const { container, containerType, store, servers, on, text } = found;
  if (isSetUp(found))
    return `${text}. Kept in ${container}, behind ${store}, in memcached: ${plural(servers, 'server')}.`;
  if (!on) return text.endsWith('.') ? text : `${text}.`;
  if (store !== null || containerType === 'Transient Object Container') {
    return `${text}, in this process: ${container} keeps them in its memory. They vanish when it restarts, and no other process has them.`;
  }
  return `${text}, in ${container}, a ${containerType}.`;
}

/** What can be changed of a set-up that there is, each where it is changed. */
export function waysToChange({ manager, container, store }: SetupMessage) {
  const links = [
    ...(store === null ? [] : [{ href: addressOf(store, 'properties'), label: `Servers of ${store}` }]),
    { href: addressOf(container, 'properties'), label: `Timeouts of ${container}` },
    ...(manager === null ? [] : [{ href: addressOf(manager, 'settings'), label: `Settings of ${manager}` }]),
  ];
  return html`
    ${links.map(({ href, label }) => html`<a class="button" href=${href}>${label}</a>`)}
    <a class="button" href=${addressOf(container, 'test')}>Test</a>
  `;
}
