import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Observable } from './observable.ts';
import { readPreference, writePreference } from './preferences.ts';

export interface Shortcut {
  /** As KeyboardEvent.key has it; `Ctrl+K` with Ctrl or Cmd held. */
  readonly key: string;
  readonly label: string;
  readonly run: () => void;
}

const active = new Set<readonly Shortcut[]>();

/** Whether keys without Ctrl do anything outside of lists and fields. Who speaks to the machine switches them off. */
export const singleKeys = new Observable(readPreference('single-keys') !== 'off');

export function setSingleKeys(isOn: boolean): void {
  writePreference('single-keys', isOn ? 'on' : 'off');
  singleKeys.set(isOn);
}

/** Every shortcut that does something on the page as it is. */
export function activeShortcuts(): readonly Shortcut[] {
  return [...active].flat();
}

/** The keys of an element, heard anywhere on the page except in fields and dialogs, while the element is connected. */
export class Shortcuts implements ReactiveController {
  readonly #shortcuts: readonly Shortcut[];

  constructor(host: ReactiveControllerHost, shortcuts: readonly Shortcut[]) {
    this.#shortcuts = shortcuts;
    host.addController(this);
  }

  hostConnected(): void {
    active.add(this.#shortcuts);
    addEventListener('keydown', this.#onKey);
  }

  hostDisconnected(): void {
    active.delete(this.#shortcuts);
    removeEventListener('keydown', this.#onKey);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || isInDialog(event)) return;
    const hasCtrl = event.ctrlKey || event.metaKey;
    if (hasCtrl ? isAboutText(event) : !singleKeys.get() || isInField(event)) return;
    const key = hasCtrl ? `Ctrl+${event.key.toUpperCase()}` : event.key;
    const shortcut = this.#shortcuts.find((each) => each.key === key);
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run();
  };
}

/** What the browser itself cuts, copies or pastes. */
function isAboutText(event: KeyboardEvent): boolean {
  if (!['x', 'c', 'v'].includes(event.key.toLowerCase())) return false;
  return event.shiftKey || isInField(event) || (getSelection()?.toString() ?? '') !== '';
}

function isInDialog(event: Event): boolean {
  return event.composedPath().some((node) => node instanceof HTMLDialogElement);
}

function isInField(event: Event): boolean {
  const target = event.composedPath()[0];
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
