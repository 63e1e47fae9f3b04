import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { addUser, changeUser } from '../../../schema/endpoints/users.ts';
import { call } from '../../api/call.ts';
import { confirmationField, newPasswordField, passwordField, passwordProblems } from '../../forms/password-fields.ts';
import { identity } from '../../model/identity.ts';
import { nameField, nameProblems } from './fields.ts';
import { UserDialog } from './user-dialog.ts';

/** Somebody new: name, password twice, roles. */
@customElement('add-user-dialog')
export class AddUserDialog extends UserDialog {
  protected readonly heading = 'Add a user';
  protected readonly action = 'Add';

  protected content() {
    return this.form(html`
      ${this.field('name', nameField, true)} ${this.field('password', passwordField)}
      ${this.field('confirmation', confirmationField)} ${this.roleChoice()}
    `);
  }

  protected override problems() {
    const passwords = passwordProblems(this.text('password'), this.text('confirmation'));
    return new Map([...nameProblems(this.text('name')), ...passwords]);
  }

  protected async change() {
    const name = this.text('name').trim();
    await call(addUser, this.folder, { name, password: this.text('password'), roles: this.chosenRoles });
    return `Added '${name}'.`;
  }

  protected failure(detail: string) {
    return `Could not add '${this.text('name').trim()}': ${detail}`;
  }
}

/** Another password for a user, who is signed out everywhere by it but, at one’s own, here. */
@customElement('password-dialog')
export class PasswordDialog extends UserDialog {
  protected readonly action = 'Change password';

  protected get heading() {
    return `Change the password of ${this.user?.name}`;
  }

  protected content() {
    return this.form(html`
      <p class="quiet">
        ${
          this.user?.name === identity.get()?.user
            ? 'You stay signed in here. Your logins and sessions on other devices end.'
            : 'Whoever is signed in with the old one is signed out on every device, and their sessions end.'
        }
      </p>
      ${this.field('password', newPasswordField, true)} ${this.field('confirmation', confirmationField)}
    `);
  }

  protected override problems() {
    return passwordProblems(this.text('password'), this.text('confirmation'));
  }

  protected async change() {
    const { name } = this.user!;
    await call(changeUser, this.folder, { password: this.text('password') }, { tail: name });
    return `Changed the password of '${name}'.`;
  }

  protected failure(detail: string) {
    return `Could not change the password of '${this.user?.name}': ${detail}`;
  }
}

/** Which roles a user has. */
@customElement('roles-dialog')
export class RolesDialog extends UserDialog {
  protected readonly action = 'Change roles';

  protected get heading() {
    return `Change the roles of ${this.user?.name}`;
  }

  protected content() {
    return this.form(this.roleChoice(true));
  }

  protected async change() {
    const { name } = this.user!;
    await call(changeUser, this.folder, { roles: this.chosenRoles }, { tail: name });
    return `Changed the roles of '${name}'.`;
  }

  protected failure(detail: string) {
    return `Could not change the roles of '${this.user?.name}': ${detail}`;
  }
}
