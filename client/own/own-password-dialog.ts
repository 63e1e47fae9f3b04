import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { changeOwnPassword } from '../../schema/endpoints/sign-in.ts';
import { call } from '../api/call.ts';
import { FormDialog } from '../forms/form-dialog.ts';
import {
  confirmationField,
  newPasswordField,
  passwordProblems,
  presentPasswordField,
} from '../forms/password-fields.ts';
import { flash } from '../state/flash.ts';

/** One's own password, for who knows the present one. Sends `closed`. */
@customElement('own-password-dialog')
export class OwnPasswordDialog extends FormDialog {
  protected readonly heading = 'Change your password';
  protected readonly action = 'Change password';

  protected content() {
    return this.form(html`
      <p class="quiet">You stay signed in here. Your logins and sessions on other devices end.</p>
      ${this.field('password', presentPasswordField, true)} ${this.field('new', newPasswordField)}
      ${this.field('confirmation', confirmationField)}
    `);
  }

  protected override problems() {
    const present = this.text('password') === '' ? [['password', 'Enter your present password.'] as const] : [];
    const wanted = passwordProblems(this.text('new'), this.text('confirmation'));
    return new Map([
      ...present,
      ...[...wanted].map(([name, text]) => [name === 'password' ? 'new' : name, text] as const),
    ]);
  }

  protected async send() {
    await call(changeOwnPassword, '/', { password: this.text('password'), new: this.text('new') });
    flash('Changed your password. You are signed out everywhere else.');
    this.isOpen = false;
  }

  protected failure(detail: string) {
    return `Could not change your password: ${detail}`;
  }
}
