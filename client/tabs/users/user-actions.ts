import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import '../../parts/icon.ts';
import { load } from '../../parts/web-awesome.ts';
import { controls } from '../../styles/controls.ts';

export type UserAction = 'password' | 'roles' | 'remove';

const ACTIONS: readonly { readonly id: UserAction; readonly icon: string; readonly label: string }[] = [
  { id: 'password', icon: 'key-round', label: 'Change password' },
  { id: 'roles', icon: 'users', label: 'Change roles' },
  { id: 'remove', icon: 'trash-2', label: 'Remove' },
];

/** What was chosen to be done to a user. */
export class UserActionChosen extends CustomEvent<UserAction> {
  constructor(action: UserAction) {
    super('user-action', { detail: action });
  }
}

/** What can be done to one user: as buttons in a row, or, where there is no room, behind one. */
@customElement('user-actions')
export class UserActions extends LitElement {
  @property() user = '';
  @property({ type: Boolean }) asMenu = false;

  protected override updated() {
    if (this.asMenu) void load('dropdown');
  }

  protected override render() {
    return this.asMenu ? this.#menu() : this.#buttons();
  }

  #buttons() {
    return ACTIONS.map(
      ({ id, icon, label }) =>
        html`<button class="plain small" aria-label="${label}: ${this.user}" @click=${() => this.#choose(id)}>
          <t-icon name=${icon}></t-icon>${label}
        </button>`,
    );
  }

  #menu() {
    return html`<wa-dropdown placement="bottom-end" @wa-select=${this.#onSelect}>
      <button slot="trigger" class="plain small" aria-label="Change ${this.user}">
        Change<t-icon name="chevron-down"></t-icon>
      </button>
      ${ACTIONS.map(({ id, label }) => html`<wa-dropdown-item value=${id}>${label}</wa-dropdown-item>`)}
    </wa-dropdown>`;
  }

  #onSelect(event: CustomEvent<{ item: { value: string } }>) {
    this.#choose(event.detail.item.value as UserAction);
  }

  #choose(action: UserAction) {
    this.dispatchEvent(new UserActionChosen(action));
  }

  static override styles = [
    controls,
    css`
      :host {
        display: inline-flex;
        gap: 4px;
        margin-right: -11px;
      }
      .small {
        font-size: var(--t-size);
        font-weight: 400;
      }
      wa-dropdown-item {
        min-height: 44px;
        font-size: var(--t-size);
      }
    `,
  ];
}
