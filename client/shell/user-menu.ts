import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { attempt } from '../api/attempt.ts';
import { leave } from '../model/identity.ts';
import '../parts/icon.ts';
import { load } from '../parts/web-awesome.ts';
import { go } from '../state/location.ts';
import { Watch } from '../state/observable.ts';
import { addressOf } from '../state/route.ts';
import { setSingleKeys, singleKeys } from '../state/shortcuts.ts';
import { THEMES, setTheme, theme, type Theme } from '../state/theme.ts';
import { controls } from '../styles/controls.ts';

const themeLabels: Record<Theme, string> = { system: 'Theme of the system', light: 'Light theme', dark: 'Dark theme' };

/** Who is signed in, and what they may choose for themselves. */
@customElement('user-menu')
export class UserMenu extends LitElement {
  @property() user = '';
  @property() version = '';

  constructor() {
    super();
    new Watch(this, theme, singleKeys);
  }

  protected override render() {
    return html`<wa-dropdown placement="bottom-end" @wa-select=${this.#onSelect}>
      <button
        slot="trigger"
        class="plain"
        aria-haspopup="menu"
        @pointerenter=${() => load('dropdown')}
        @focus=${() => load('dropdown')}
        @click=${this.#onFirstPress}
      >
        <t-icon name="user"></t-icon>${this.user}<t-icon class="open" name="chevron-down"></t-icon>
      </button>
      <wa-dropdown-item value="start">Start page</wa-dropdown-item>
      <wa-dropdown-item value="my-sessions">My sessions</wa-dropdown-item>
      <wa-dropdown-item value="password">Change password…</wa-dropdown-item>
      ${THEMES.map(
        (name) =>
          html`<wa-dropdown-item
            class=${name === THEMES[0] ? 'apart' : ''}
            type="checkbox"
            value=${name}
            .checked=${theme.get() === name}
          >
            ${themeLabels[name]}
          </wa-dropdown-item>`,
      )}
      <wa-dropdown-item type="checkbox" value="keys" .checked=${singleKeys.get()}
        >Shortcuts of one key</wa-dropdown-item
      >
      <wa-dropdown-item class="apart" value="news">What is new in Trellis ${this.version}</wa-dropdown-item>
      <wa-dropdown-item class="apart" value="sign-out">Sign out</wa-dropdown-item>
    </wa-dropdown>`;
  }

  /** The menu is fetched when it is first wanted; a press that came before it opens it once it is there. */
  async #onFirstPress() {
    if (customElements.get('wa-dropdown')) return;
    await load('dropdown');
    const menu = this.renderRoot.querySelector('wa-dropdown') as (HTMLElement & { open: boolean }) | null;
    if (menu) menu.open = true;
  }

  async #onSelect(event: CustomEvent<{ item: { value: string } }>) {
    const { value } = event.detail.item;
    if (value === 'sign-out') return leave();
    if (value === 'start' || value === 'my-sessions') return void go(addressOf('/', value));
    if (value === 'password') return openDialog('own-password-dialog', import('../own/own-password-dialog.ts'));
    if (value === 'news') return openDialog('news-dialog', import('../own/news-dialog.ts'));
    if (value === 'keys') setSingleKeys(!singleKeys.get());
    else setTheme(value as Theme);
    this.requestUpdate();
  }

  static override styles = [
    controls,
    css`
      .open {
        --icon-size: 14px;
      }
      wa-dropdown-item {
        min-height: max(32px, var(--t-target));
        font-size: var(--t-size);
      }
      /* So that words with and without one begin at the same place. */
      wa-dropdown-item::part(checkmark) {
        margin-inline-end: 0.25em;
      }
      .apart {
        margin-top: 4px;
        border-top: 1px solid var(--t-line);
        border-radius: 0;
      }
    `,
  ];
}

/** Over the whole page, until it is closed. */
async function openDialog(name: string, loading: Promise<unknown>): Promise<void> {
  if (!(await attempt('Could not open this', () => loading))) return;
  const dialog = document.createElement(name);
  dialog.addEventListener('closed', () => dialog.remove());
  document.body.append(dialog);
}
