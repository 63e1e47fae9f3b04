import { call } from '../../api/call.ts';
import { Task, initialState } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { listTypes, type TypeInfo } from '../../../schema/endpoints/objects.ts';
import { detailOf } from '../../api/request.ts';
import '../../parts/choices.ts';
import type { Choice, ChoiceGroup, Choices, Chosen, SearchText } from '../../parts/choices.ts';
import '../../parts/icon.ts';
import { flashFailure } from '../../state/flash.ts';
import { go } from '../../state/location.ts';
import { addressOf } from '../../state/route.ts';
import { maySetUp } from '../setup/may-set-up.ts';
import { controls } from '../../styles/controls.ts';

/** What adds several objects that belong together, on a page of its own. */
const SET_UP: Choice = {
  id: 'setup-sessions',
  icon: 'wand-sparkles',
  label: 'Set up sessions in memcached…',
  detail: 'Adds a proxy and a container, and points the session data manager there',
};

/** Somebody chose what to add. */
export class TypeChosen extends CustomEvent<TypeInfo> {
  constructor(info: TypeInfo) {
    super('type-chosen', { detail: info });
  }
}

/** The button Add, and under it the types that may be added here: in groups, each with one line of what it is for. */
@customElement('add-menu')
export class AddMenu extends LitElement {
  /** The folder's path. */
  @property() path = '/';
  @state() private isOpen = false;
  @state() private text = '';
  @query('t-choices') private choices!: Choices | null;
  @query('button') private button!: HTMLButtonElement;

  readonly #types = new Task(this, {
    args: () => [this.path, this.isOpen] as const,
    task: ([path, isOpen], { signal }) => (isOpen ? call(listTypes, path, { signal }) : initialState),
    onError: (error) => flashFailure(`Could not list what may be added to '${this.path}': ${detailOf(error)}`),
  });

  constructor() {
    super();
    this.addEventListener('focusout', (event) => {
      if (event.relatedTarget !== null && !this.#contains(event.relatedTarget)) this.isOpen = false;
    });
  }

  override connectedCallback() {
    super.connectedCallback();
    addEventListener('pointerdown', this.#onPress);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('pointerdown', this.#onPress);
  }

  protected override render() {
    return html`
      <button class="primary" aria-haspopup="dialog" aria-expanded=${String(this.isOpen)} @click=${this.toggle}>
        <t-icon name="plus"></t-icon>Add<t-icon class="open" name="chevron-down"></t-icon>
      </button>
      ${this.isOpen ? this.#menu() : nothing}
    `;
  }

  /** Opens the menu with the focus in its field, or closes it. */
  readonly toggle = async (): Promise<void> => {
    this.isOpen = !this.isOpen;
    this.text = '';
    await this.updateComplete;
    await this.choices?.updateComplete;
    this.choices?.focus();
  };

  #menu() {
    return html`<div class="menu" role="dialog" aria-label="Add an object">
      <t-choices
        label="Find a type"
        placeholder="Find a type"
        emptyText=${this.text ? `No type matches '${this.text}'.` : 'Looking for types…'}
        .groups=${this.#groups}
        @search-text=${({ detail }: SearchText) => (this.text = detail)}
        @chosen=${this.#onChosen}
        @dismissed=${this.#dismiss}
      ></t-choices>
    </div>`;
  }

  get #groups(): readonly ChoiceGroup[] {
    const words = this.text.trim().toLowerCase();
    const matches = (text: string) => text.toLowerCase().includes(words);
    const matching = (this.#types.value ?? []).filter(({ title, description, group }) =>
      matches(`${title} ${description} ${group}`),
    );
    const groups = [...Map.groupBy(matching, ({ group }) => group)].map(([label, types]) => ({
      label,
      choices: types.map(({ type, title, icon, description }) => ({
        id: type,
        icon,
        label: title,
        detail: description,
      })),
    }));
    const hasSetUp = maySetUp((this.#types.value ?? []).map(({ type }) => type));
    const ways =
      hasSetUp && matches(`${SET_UP.label} ${SET_UP.detail}`) ? [{ label: 'Together', choices: [SET_UP] }] : [];
    // Whoever types looks for a type.
    return words ? [...groups, ...ways] : [...ways, ...groups];
  }

  #onChosen({ detail: choice }: Chosen) {
    const info = this.#types.value?.find(({ type }) => type === choice.id);
    this.#dismiss();
    if (choice.id === SET_UP.id) go(addressOf(this.path, SET_UP.id));
    if (info) this.dispatchEvent(new TypeChosen(info));
  }

  #dismiss() {
    this.isOpen = false;
    this.button.focus();
  }

  readonly #onPress = (event: Event) => {
    if (this.isOpen && !event.composedPath().includes(this)) this.isOpen = false;
  };

  #contains(target: EventTarget): boolean {
    return target instanceof Node && (target === this || this.renderRoot.contains(target));
  }

  static override styles = [
    controls,
    css`
      :host {
        position: relative;
      }
      .open {
        --icon-size: 14px;
      }
      .menu {
        position: absolute;
        z-index: 20;
        top: calc(100% + 8px);
        right: 0;
        width: 344px;
        padding: 5px;
        border: 1px solid var(--t-line-strong);
        border-radius: var(--t-radius-menu);
        background: var(--t-raised);
        box-shadow: var(--t-shadow-m);
      }
      @media (width < 640px) {
        .menu {
          position: fixed;
          inset: 64px 16px auto;
          width: auto;
        }
        .open {
          display: none;
        }
      }
    `,
  ];
}
