import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { listUsers, removeUser, type UserMessage, type UsersMessage } from '../../schema/endpoints/users.ts';
import { attempt } from '../api/attempt.ts';
import { call } from '../api/call.ts';
import { identity } from '../model/identity.ts';
import { Tab } from '../model/tab.ts';
import '../parts/ago.ts';
import { askForGood } from '../parts/dialog.ts';
import { plural } from '../parts/format.ts';
import { ListController } from '../parts/list/list-controller.ts';
import { toolbar } from '../parts/list/list-page.ts';
import type { Column, CompactRow } from '../parts/list/table-columns.ts';
import { Width } from '../parts/width.ts';
import { flash } from '../state/flash.ts';
import { Watch } from '../state/observable.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { controls } from '../styles/controls.ts';
import './users/user-actions.ts';
import type { UserAction, UserActionChosen } from './users/user-actions.ts';
import type { UserChanged } from './users/user-dialog.ts';

/** Below this, what can be done to a user stands behind one button. */
const NARROW = 940;

type Open = 'add' | 'password' | 'roles';

/** Who may sign in: add, give another password or other roles, remove. */
@customElement('users-tab')
export class UsersTab extends Tab {
  @state() private dialog: { readonly kind: Open; readonly user?: UserMessage } | undefined;

  readonly #list = new ListController<UsersMessage, UserMessage>(this, {
    args: () => [this.path],
    load: (_, signal) => call(listUsers, this.path, { signal }),
    rowsOf: ({ users }, query) => matching(users, query.filter).slice(query.offset, query.offset + query.limit),
    keyOf: ({ name }) => name,
    isWhole: true,
    kinds: ['users'],
  });

  readonly #width = new Width(this);

  constructor() {
    super();
    new Watch(this, identity);
    new Shortcuts(this, [this.#list.filterKey]);
  }

  protected override render() {
    const users = this.#list.answer?.users ?? [];
    const count = matching(users, this.#list.query.filter).length;
    return html`
      <div class="toolbar">
        ${this.#list.filterField('Filter by name and role')}
        <button class="primary" @click=${() => this.#open('add')}><t-icon name="user-plus"></t-icon>Add user</button>
      </div>
      ${this.#list.table({
        label: 'Users',
        columns: this.#columns(this.#width.px < NARROW),
        compact: (user) => this.#compact(user),
        faces: {
          failed: (why) => ({ heading: `Could not list the users of '${this.path}': ${why}` }),
          noMatch: (filter) => ({ heading: `No user matches '${filter}'.` }),
        },
      })}
      ${
        count > 0
          ? html`<div class="foot">
              <p class="figures" role="status">${this.#list.range(count, plural(count, 'user'))}</p>
              ${this.#list.pages(count)}
            </div>`
          : nothing
      }
      ${this.#dialog()}
    `;
  }

  #columns(isNarrow: boolean): readonly Column<UserMessage>[] {
    const actions = (user: UserMessage) => this.#actions(user, isNarrow);
    return [
      { id: 'name', label: 'Name', width: 180, rank: 0, cell: (user) => this.#name(user) },
      { id: 'roles', label: 'Roles', width: 160, rank: 0, cell: rolesText },
      { id: 'created', label: 'Created', width: 120, rank: 2, isQuiet: true, cell: ({ created }) => ago(created) },
      {
        id: 'last',
        label: 'Last sign-in',
        width: 120,
        rank: 1,
        isQuiet: true,
        cell: ({ lastSignIn }) => ago(lastSignIn),
      },
      { id: 'actions', label: 'Actions', width: isNarrow ? 140 : 440, rank: 0, align: 'end', cell: actions },
    ];
  }

  #name({ name }: UserMessage) {
    return html`<span class="strong" title=${name}>${name}</span>${
        name === identity.get()?.user ? html` <span class="faint">you</span>` : nothing
      }`;
  }

  #actions(user: UserMessage, asMenu: boolean) {
    return html`<user-actions
      user=${user.name}
      ?asMenu=${asMenu}
      @user-action=${({ detail: action }: UserActionChosen) => void this.#act(action, user)}
    ></user-actions>`;
  }

  #compact(user: UserMessage): CompactRow {
    return {
      icon: 'user',
      first: this.#name(user),
      second: html`${rolesText(user)},
      ${user.lastSignIn === null ? 'never signed in' : html`last sign-in ${ago(user.lastSignIn)}`}`,
      endFirst: this.#actions(user, true),
    };
  }

  #dialog() {
    if (!this.dialog) return nothing;
    const { kind, user } = this.dialog;
    const roles = this.#list.answer?.roles ?? [];
    const closed = () => (this.dialog = undefined);
    const changed = (event: UserChanged) => void this.#onChanged(event);
    if (kind === 'add') {
      return html`<add-user-dialog
        folder=${this.path}
        .roles=${roles}
        @user-changed=${changed}
        @closed=${closed}
      ></add-user-dialog>`;
    }
    return kind === 'password'
      ? html`<password-dialog
          folder=${this.path}
          .user=${user}
          @user-changed=${changed}
          @closed=${closed}
        ></password-dialog>`
      : html`<roles-dialog
          folder=${this.path}
          .user=${user}
          .roles=${roles}
          @user-changed=${changed}
          @closed=${closed}
        ></roles-dialog>`;
  }

  async #open(kind: Open, user?: UserMessage) {
    await import('./users/dialogs.ts');
    this.dialog = { kind, ...(user && { user }) };
  }

  async #act(action: UserAction, user: UserMessage) {
    if (action === 'remove') await this.#remove(user);
    else await this.#open(action, user);
  }

  async #onChanged({ detail: words }: UserChanged) {
    flash(words);
    await this.#list.again();
  }

  async #remove({ name }: UserMessage) {
    const loss = html`<p class="quiet">
      ${name} is signed out everywhere, loses every session and cannot sign in again. What ${name} owns stays as it is.
    </p>`;
    if (!(await askForGood(`Remove ${name}?`, loss, 'Remove'))) return;
    await attempt(`Could not remove '${name}'`, async () => {
      await call(removeUser, this.path, { tail: name });
      flash(`Removed '${name}'.`);
      await this.#list.again();
      await this.updateComplete;
      this.#list.focusRow();
    });
  }

  static override styles = [
    controls,
    toolbar,
    css`
      .toolbar {
        justify-content: space-between;
      }
      filter-field {
        flex: 0 1 280px;
      }
    `,
  ];
}

function matching(users: readonly UserMessage[], filter: string): readonly UserMessage[] {
  const words = filter.toLowerCase();
  return users.filter((user) => `${user.name} ${rolesText(user)}`.toLowerCase().includes(words));
}

function rolesText({ roles }: UserMessage): string {
  return roles.length > 0 ? roles.join(', ') : 'none';
}

function ago(time: string | null) {
  return time === null ? 'never' : html`<t-ago time=${time}></t-ago>`;
}
