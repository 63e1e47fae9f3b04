import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { addUser, changeUser } from '../../../schema/endpoints/users.ts';
import { call } from '../../api/call.ts';
import { identity } from '../../model/identity.ts';
import {
  confirmationField,
  nameField,
  nameProblems,
  newPasswordField,
  passwordField,
  passwordProblems,
} from './fields.ts';
import './role-choice.ts';
import { UserChanged, UserDialog } from './user-dialog.ts';

/** Somebody new: name, password twice, roles. */
@customElement('add-user-dialog')
export class AddUserDialog extends UserDialog {
  protected readonly heading = 'Add a user';
  protected readonly action = 'Add';

  protected fields() {
    return html`
      ${this.field('name', nameField, true)} ${this.field('password', passwordField)}
      ${this.field('confirmation', confirmationField)} ${this.roleChoice()}
    `;
  }

  protected problems() {
    const { name = '', password = '', confirmation = '' } = this.values;
    return new Map([...nameProblems(name), ...passwordProblems(password, confirmation)]);
  }

  protected async send() {
    const { name = '', password = '' } = this.values;
    await call(addUser, this.folder, { name: name.trim(), password, roles: this.chosenRoles });
    return new UserChanged(`Added '${name.trim()}'.`);
  }
}

/** Another password for a user, who is signed out everywhere by it but, at one’s own, here. */
@customElement('password-dialog')
export class PasswordDialog extends UserDialog {
  protected readonly action = 'Change password';

  protected get heading() {
    return `Change the password of ${this.user?.name}`;
  }

  protected fields() {
    return html`
      <p class="quiet">
        ${
          this.user?.name === identity.get()?.user
            ? 'You stay signed in here. Your logins and sessions on other devices end.'
            : 'Whoever is signed in with the old one is signed out on every device, and their sessions end.'
        }
      </p>
      ${this.field('password', newPasswordField, true)} ${this.field('confirmation', confirmationField)}
    `;
  }

  protected problems() {
    return passwordProblems(this.values['password'] ?? '', this.values['confirmation'] ?? '');
  }

  protected async send() {
    const { name } = this.user!;
    const { password = '' } = this.values;
    await call(changeUser, this.folder, { password }, { tail: name });
    return new UserChanged(`Changed the password of '${name}'.`);
  }
}

/** Which roles a user has. */
@customElement('roles-dialog')
export class RolesDialog extends UserDialog {
  protected readonly action = 'Change roles';

  protected get heading() {
    return `Change the roles of ${this.user?.name}`;
  }

  protected fields() {
    return this.roleChoice(true);
  }

  protected problems() {
    return new Map<string, string>();
  }

  protected async send() {
    const { name } = this.user!;
    await call(changeUser, this.folder, { roles: this.chosenRoles }, { tail: name });
    return new UserChanged(`Changed the roles of '${name}'.`);
  }
}
