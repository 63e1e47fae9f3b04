import { searchObjects } from '../../schema/endpoints/objects.ts';
import { call } from '../api/call.ts';
import { Task } from '@lit/task';
import { LitElement, html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { detailOf } from '../api/request.ts';
import { iconOf } from '../model/icon-of.ts';
import { leave } from '../model/identity.ts';
import '../parts/choices.ts';
import type { Choice, ChoiceGroup, Choices, Chosen, SearchText } from '../parts/choices.ts';
import { flashFailure } from '../state/flash.ts';
import { go } from '../state/location.ts';
import { addressOf } from '../state/route.ts';
import { Shortcuts } from '../state/shortcuts.ts';
import { isDark, setTheme } from '../state/theme.ts';
import { controls } from '../styles/controls.ts';
import { findElement } from '../tabs/registry.ts';

const PAUSE_MS = 120;

interface Action extends Choice {
  readonly run: () => void;
}

/** Finds objects and actions from anywhere: Ctrl-K, type, Enter. */
@customElement('object-search')
export class ObjectSearch extends LitElement {
  @state() private text = '';
  @query('t-choices') private choices!: Choices;

  readonly #found = new Task(this, {
    args: () => [this.text.trim()] as const,
    task: async ([text], { signal }) => {
      if (text === '') return [];
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      if (signal.aborted) return [];
      return (await call(searchObjects, '/', { query: { text }, signal })).items.map((item): Choice => ({
        id: item.path,
        icon: iconOf(item),
        label: item.path === '/' ? 'Root' : item.id,
        detail: `${item.path} · ${item.type}`,
      }));
    },
    onError: (error) => flashFailure(`Could not search: ${detailOf(error)}`),
  });

  constructor() {
    super();
    new Shortcuts(this, [{ key: 'Ctrl+K', label: 'Search objects and actions', run: () => this.focus() }]);
  }

  protected override render() {
    return html`<t-choices
      popup
      label="Search objects and actions"
      placeholder="Search objects and actions"
      shortcut="Ctrl K"
      emptyText="Nothing matches '${this.text}'."
      .groups=${this.#groups}
      @search-text=${({ detail }: SearchText) => (this.text = detail)}
      @chosen=${this.#onChosen}
      @dismissed=${this.#leave}
    ></t-choices>`;
  }

  override focus(): void {
    this.choices.focus();
  }

  get #groups(): readonly ChoiceGroup[] {
    const words = this.text.trim().toLowerCase();
    return [
      { label: 'Objects', choices: this.#found.value ?? [] },
      { label: 'Actions', choices: actions().filter((action) => action.label.toLowerCase().includes(words)) },
    ];
  }

  #onChosen({ detail: { id } }: Chosen) {
    this.#leave();
    const action = actions().find((each) => each.id === id);
    if (action) action.run();
    else go(addressOf(id));
    this.dispatchEvent(new Event('opened', { bubbles: true, composed: true }));
  }

  #leave() {
    this.choices.clear();
    (this.shadowRoot?.activeElement as HTMLElement | null)?.blur();
    this.dispatchEvent(new Event('left'));
  }

  static override styles = controls;
}

function actions(): readonly Action[] {
  const setUp: Action = {
    id: 'set-up-sessions',
    icon: 'wand-sparkles',
    label: 'Set up sessions in memcached',
    detail: 'A proxy, a container and the session data manager, in one screen',
    run: () => go(addressOf('/', 'setup-sessions')),
  };
  const others: readonly Action[] = [
    {
      id: 'theme',
      icon: isDark.get() ? 'sun' : 'moon',
      label: isDark.get() ? 'Light theme' : 'Dark theme',
      detail: 'How this interface looks, in this browser',
      run: () => setTheme(isDark.get() ? 'light' : 'dark'),
    },
    { id: 'sign-out', icon: 'log-out', label: 'Sign out', detail: 'In this browser', run: () => void leave() },
  ];
  return findElement('setup-sessions-page') ? [setUp, ...others] : others;
}
