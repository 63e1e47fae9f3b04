const media = new Map<string, MediaQuery>();

/** Whether the screen is as a query has it, until a test has it otherwise. */
class MediaQuery extends EventTarget {
  matches = false;

  become(matches: boolean): void {
    this.matches = matches;
    this.dispatchEvent(new Event('change'));
  }
}

/** The query that the files under test asked for; one for all windows, as they ask when they are loaded. */
export function mediaQuery(query: string): MediaQuery {
  const known = media.get(query) ?? new MediaQuery();
  media.set(query, known);
  return known;
}

class Node extends EventTarget {}
class Dialog extends Node {}
class Field extends Node {
  readonly type: string;

  constructor(type = 'text') {
    super();
    this.type = type;
  }
}
class Link extends Node {
  readonly target = '';
  readonly href: string;
  readonly origin: string;
  readonly pathname: string;

  constructor(href: string) {
    super();
    ({ href: this.href, origin: this.origin, pathname: this.pathname } = new URL(href, 'http://x'));
  }
}

/** As much of a browser's window as client/state asks of one. It stands in the global names until it is disposed of. */
export class TestWindow extends EventTarget implements Disposable {
  /** What localStorage holds; `undefined`: the browser refuses it. */
  storage: Map<string, string> | undefined = new Map();
  /** What is answered to a question of the browser, and what was asked. */
  answer = true;
  readonly questions: string[] = [];
  readonly classes = new Set<string>();
  /** How often the page was loaded anew. */
  reloads = 0;
  readonly document = Object.assign(new EventTarget(), {
    visibilityState: 'visible',
    documentElement: { classList: { toggle: (name: string, isOn: boolean) => this.#toggle(name, isOn) } },
  });
  readonly #entries: { href: string; state: unknown }[];
  #at = 0;
  readonly #before = new Map<string, PropertyDescriptor | undefined>();

  constructor(href = 'http://x/manage') {
    super();
    this.#entries = [{ href, state: null }];
    this.#put('location', () => Object.assign(new URL(this.href), { reload: () => (this.reloads += 1) }));
    this.#put('history', () => this.#history);
    this.#put('document', () => this.document);
    this.#put('localStorage', () => this.#localStorage());
    for (const [name, value] of Object.entries({
      addEventListener: this.addEventListener.bind(this),
      removeEventListener: this.removeEventListener.bind(this),
      confirm: (question: string) => this.questions.push(question) > 0 && this.answer,
      matchMedia: mediaQuery,
      getSelection: () => null,
      HTMLElement: Node,
      HTMLDialogElement: Dialog,
      HTMLInputElement: Field,
      HTMLTextAreaElement: class extends Node {},
      HTMLSelectElement: class extends Node {},
      HTMLAnchorElement: Link,
    }))
      this.#put(name, () => value);
  }

  get href(): string {
    return this.#entries[this.#at]!.href;
  }

  /** How many steps back there are. */
  get steps(): number {
    return this.#at;
  }

  /** Goes through the history as the back button does. */
  go(steps: number): void {
    this.#at += steps;
    this.dispatchEvent(Object.assign(new Event('popstate'), { state: this.#entries[this.#at]!.state }));
  }

  /** A press on a link; says whether the page keeps it from the browser. */
  click(href: string, further: object = {}): boolean {
    return this.#send('click', new Link(href), { button: 0, ...further });
  }

  /** A key pressed within an element; says whether it did something. */
  press(key: string, target: EventTarget = new Node(), further: object = {}): boolean {
    return this.#send('keydown', target, { key, ...further });
  }

  field(type?: string): EventTarget {
    return new Field(type);
  }

  dialog(): EventTarget {
    return new Dialog();
  }

  [Symbol.dispose](): void {
    for (const [name, descriptor] of this.#before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }

  #put(name: string, get: () => unknown): void {
    this.#before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, { get, configurable: true });
  }

  get #history() {
    const put = (state: unknown, href: string) => ({ href: new URL(href, this.href).href, state });
    return {
      state: this.#entries[this.#at]!.state,
      pushState: (state: unknown, _: string, href = this.href) => {
        this.#entries.splice(this.#at + 1, Infinity, put(state, href));
        this.#at += 1;
      },
      replaceState: (state: unknown, _: string, href = this.href) => {
        this.#entries[this.#at] = put(state, href);
      },
      go: (steps: number) => this.go(steps),
    };
  }

  #localStorage() {
    const { storage } = this;
    if (!storage) throw new Error('Access is denied for this document.');
    return {
      getItem: (name: string) => storage.get(name) ?? null,
      setItem: (name: string, value: string) => void storage.set(name, value),
    };
  }

  #toggle(name: string, isOn: boolean): void {
    if (isOn) this.classes.add(name);
    else this.classes.delete(name);
  }

  #send(type: string, target: EventTarget, further: object): boolean {
    const event = new Event(type, { cancelable: true });
    return !this.dispatchEvent(Object.assign(event, { composedPath: () => [target], ...further }));
  }
}

/** An element that controllers are added to, as far as they see it. */
export class TestHost {
  updates = 0;
  readonly #controllers: { hostConnected?(): void; hostDisconnected?(): void }[] = [];
  readonly updateComplete = Promise.resolve(true);

  addController(controller: { hostConnected?(): void; hostDisconnected?(): void }): void {
    this.#controllers.push(controller);
  }

  removeController(): void {}

  requestUpdate(): void {
    this.updates += 1;
  }

  connect(): void {
    for (const controller of this.#controllers) controller.hostConnected?.();
  }

  disconnect(): void {
    for (const controller of this.#controllers) controller.hostDisconnected?.();
  }
}
