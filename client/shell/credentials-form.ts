import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { lengthProblem, PASSWORD_RULES } from '../../schema/passwords.ts';
import { ApiProblem, detailOf } from '../api/request.ts';
import { becomeAdministrator, signIn } from '../model/identity.ts';
import '../parts/icon.ts';
import { controls } from '../styles/controls.ts';

/** Name and password: to sign in, or with the token of the one-time link to become the administrator. */
@customElement('credentials-form')
export class CredentialsForm extends LitElement {
  /** Of the one-time link; without it the form signs in. */
  @property() token = '';
  @property() name = '';
  @state() private problem = '';
  /** Whether what was typed is at fault, and not that nobody can be signed in now. */
  @state() private isWrong = false;
  @state() private isShown = false;
  @state() private isBusy = false;
  @query('#name') private nameField!: HTMLInputElement;
  @query('#password') private passwordField!: HTMLInputElement;
  @query('#again') private againField!: HTMLInputElement | null;

  protected override render() {
    const isNew = this.token !== '';
    return html`<form @submit=${this.#submit} novalidate>
      <label for="name">Name</label>
      <input
        id="name"
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        .value=${this.name}
      />
      ${this.#password('password', 'Password', isNew)}
      ${isNew ? html`<p class="rules small quiet" id="rules">${PASSWORD_RULES}</p>` : nothing}
      ${isNew ? this.#password('again', 'Password again', true) : nothing}
      <p class="problem" id="problem" role="alert">
        ${this.problem ? html`<t-icon name="circle-x"></t-icon>${this.problem}` : nothing}
      </p>
      <button class="primary" ?disabled=${this.isBusy}>${isNew ? 'Create the administrator' : 'Sign in'}</button>
    </form>`;
  }

  protected override firstUpdated() {
    this.focus();
  }

  override focus(): void {
    (this.nameField.value === '' ? this.nameField : this.passwordField).focus();
  }

  #password(id: string, label: string, isNew: boolean) {
    return html`
      <label for=${id}>${label}</label>
      <div class="password">
        <input
          id=${id}
          name=${id}
          type=${this.isShown ? 'text' : 'password'}
          autocomplete=${isNew ? 'new-password' : 'current-password'}
          aria-describedby=${isNew ? 'rules problem' : 'problem'}
          aria-invalid=${this.isWrong ? 'true' : 'false'}
        />
        <button
          type="button"
          class="plain small"
          aria-pressed=${this.isShown ? 'true' : 'false'}
          @click=${() => (this.isShown = !this.isShown)}
        >
          <t-icon name=${this.isShown ? 'eye-off' : 'eye'}></t-icon>${this.isShown ? 'Hide' : 'Show'}<span
            class="visually-hidden"
          >
            ${label.toLowerCase()}</span
          >
        </button>
      </div>
    `;
  }

  async #submit(event: SubmitEvent) {
    event.preventDefault();
    const name = this.nameField.value.trim();
    const password = this.passwordField.value;
    this.problem = this.#missing(name, password);
    this.isWrong = this.problem !== '';
    if (this.problem || this.isBusy) return;
    this.isBusy = true;
    try {
      await (this.token ? becomeAdministrator({ token: this.token, name, password }) : signIn({ name, password }));
    } catch (caught) {
      this.problem = wordsFor(caught);
      this.isWrong = caught instanceof ApiProblem && [401, 422].includes(caught.status);
      this.passwordField.select();
    } finally {
      this.isBusy = false;
    }
  }

  #missing(name: string, password: string): string {
    if (name === '') return this.token ? 'A username must be specified' : 'Enter your name.';
    if (password === '') return this.token ? 'A password must be specified' : 'Enter your password.';
    if (!this.againField) return '';
    const isSame = this.againField.value === password;
    return [lengthProblem(password), isSame ? '' : 'Password and confirmation do not match.'].filter(Boolean).join(' ');
  }

  static override styles = [
    controls,
    css`
      label {
        display: block;
        margin: 16px 0 6px;
        font-weight: 500;
      }
      input {
        min-height: max(36px, var(--t-control-height));
      }
      .rules {
        margin-top: 6px;
        line-height: 16px;
      }
      .password {
        position: relative;
      }
      .password input {
        padding-right: 84px;
      }
      .password button {
        position: absolute;
        inset: 0 4px 0 auto;
        gap: 6px;
        min-height: 0;
        margin-block: 4px;
        padding: 0 6px;
        color: var(--t-quiet);
        font-size: var(--t-size-small);
        font-weight: 400;
      }
      .problem {
        display: flex;
        gap: 6px;
        min-height: 22px;
        padding-top: 6px;
        color: var(--t-danger);
        font-size: var(--t-size-small);
        line-height: 16px;
      }
      .problem t-icon {
        color: inherit;
      }
      form > button {
        width: 100%;
        min-height: max(36px, var(--t-control-height));
        margin-top: 20px;
      }
    `,
  ];
}

function wordsFor(caught: unknown): string {
  if (!(caught instanceof ApiProblem)) return detailOf(caught);
  if (caught.status === 401) return 'Wrong name or password.';
  const wait = caught.members['retryAfterS'];
  if (caught.status === 429 && typeof wait === 'number') return `Too many tries. Wait ${wait} s.`;
  const [first] = caught.errors;
  return first?.detail ?? caught.detail;
}
