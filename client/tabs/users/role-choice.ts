import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { UsersMessage } from '../../../schema/endpoints/users.ts';
import { submitOnEnter } from '../../forms/fields/field-element.ts';
import { ValueChanged } from '../../forms/fields/field.ts';
import { controls } from '../../styles/controls.ts';

/** The roles that can be given to a user, each with what it is for. Sends ValueChanged. */
@customElement('role-choice')
export class RoleChoice extends LitElement {
  @property() name = 'roles';
  @property({ attribute: false }) roles: UsersMessage['roles'] = [];
  @property({ attribute: false }) chosen: readonly string[] = [];
  @property({ attribute: false }) error: string | undefined;

  constructor() {
    super();
    this.addEventListener('keydown', submitOnEnter);
  }

  protected override render() {
    return html`<fieldset aria-describedby="error">
      <legend>Roles</legend>
      ${this.roles.map(
        ({ name, description }, index) =>
          html`<div class="role">
            <input
              type="checkbox"
              id="role-${index}"
              aria-describedby="about-${index}"
              .checked=${live(this.chosen.includes(name))}
              @change=${() => this.#toggle(name)}
            />
            <div>
              <label for="role-${index}">${name}</label>
              <p class="small quiet" id="about-${index}">${description}</p>
            </div>
          </div>`,
      )}
      ${this.error ? html`<p class="small danger" id="error">${this.error}</p>` : nothing}
    </fieldset>`;
  }

  override focus(): void {
    this.renderRoot.querySelector('input')?.focus();
  }

  #toggle(name: string) {
    const isChosen = this.chosen.includes(name);
    const chosen = isChosen ? this.chosen.filter((each) => each !== name) : [...this.chosen, name];
    this.dispatchEvent(new ValueChanged(this.name, chosen));
  }

  static override styles = [
    controls,
    css`
      legend {
        margin-bottom: 6px;
        font-weight: 500;
      }
      .role {
        display: flex;
        gap: 10px;
      }
      .role + .role {
        margin-top: 8px;
      }
      .role input {
        margin-top: 2px;
      }
      label {
        display: block;
      }
      .danger {
        margin-top: 6px;
      }
    `,
  ];
}
