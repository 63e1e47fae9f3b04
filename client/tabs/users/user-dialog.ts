import { html } from 'lit';
import { property } from 'lit/decorators.js';
import type { UserMessage, UsersMessage } from '../../../schema/endpoints/users.ts';
import { FormDialog } from '../../forms/form-dialog.ts';
import './role-choice.ts';

/** A user was changed: in what words. */
export class UserChanged extends CustomEvent<string> {
  constructor(words: string) {
    super('user-changed', { detail: words });
  }
}

/** What the dialogs about a user share. They send UserChanged, or `closed`. */
export abstract class UserDialog extends FormDialog {
  @property() folder = '';
  /** Whom it is about; `undefined` for somebody new. */
  @property({ attribute: false }) user: UserMessage | undefined;
  @property({ attribute: false }) roles: UsersMessage['roles'] = [];

  /** Makes the change and says it. */
  protected abstract change(): Promise<string>;

  protected override async send() {
    this.dispatchEvent(new UserChanged(await this.change()));
    this.isOpen = false;
  }

  protected roleChoice(isFirst = false) {
    return html`<role-choice
      name="roles"
      ?autofocus=${isFirst}
      .roles=${this.roles}
      .chosen=${this.chosenRoles}
      .error=${this.errorOf('roles')}
    ></role-choice>`;
  }

  protected get chosenRoles(): readonly string[] {
    return (this.values.get('roles') as readonly string[] | undefined) ?? this.user?.roles ?? [];
  }
}
