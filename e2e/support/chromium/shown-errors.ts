import type { BrowserContext, Page, Response } from 'playwright';
import { isPutAway } from './put-away.ts';

/** What a screen says of an error, as a test expects it: a part of the sentence. */
type Words = string | RegExp;

const NOTE = 'An error is shown:';

/** Run before everything of each page: tells of every alert that becomes visible, in whatever element it is. */
const LOOKOUT = `(() => {
  const told = new Set();
  const look = (root) => {
    for (const alert of root.querySelectorAll('[role="alert"]')) {
      const text = (alert.innerText ?? '').replace(/\\s+/g, ' ').trim();
      if (text === '' || told.has(text) || !alert.checkVisibility()) continue;
      told.add(text);
      console.debug('${NOTE} ' + text);
    }
  };
  const lookAt = (root) => {
    const what = { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ['role'] };
    new MutationObserver(() => look(root)).observe(root, what);
  };
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    lookAt(root);
    return root;
  };
  lookAt(document);
})()`;

const lookouts = new WeakMap<BrowserContext, ShownErrors>();

/** Every error that any screen of a browser showed, whether the test looked at it or not. */
export class ShownErrors {
  readonly #context: BrowserContext;
  readonly #shown: string[] = [];
  readonly #expected: Words[] = [];
  #isOver = false;

  private constructor(context: BrowserContext) {
    this.#context = context;
  }

  /** Begins to look, before the context has opened a page. */
  static async in(context: BrowserContext): Promise<ShownErrors> {
    const errors = new ShownErrors(context);
    lookouts.set(context, errors);
    await context.addInitScript({ content: LOOKOUT });
    context.on('console', (message) => errors.#hear(message.text(), message.page()?.url()));
    context.on('response', (response) => errors.#note(response));
    return errors;
  }

  /** What is shown from now on is of what the test takes away at its end. */
  async end(): Promise<void> {
    // What a page has told by now is here when it has answered.
    await Promise.all(this.#context.pages().map((page) => page.evaluate('0').catch(() => undefined)));
    this.#isOver = true;
  }

  /** What was shown and is expected by nobody. */
  async unexpected(): Promise<readonly string[]> {
    await this.end();
    const isExpected = (text: string) =>
      this.#expected.some((words) => (typeof words === 'string' ? text.includes(words) : words.test(text)));
    return this.#shown.filter((text) => !isExpected(text));
  }

  expect(words: Words): void {
    this.#expected.push(words);
  }

  #hear(text: string, page: string | undefined): void {
    if (text.startsWith(NOTE) && !this.#isOver && !isPutAway(page)) this.#shown.push(text.slice(NOTE.length).trim());
  }

  /** A page that the server answered with an error, such as "404 /no/such/page". */
  #note(response: Response): void {
    if (response.status() < 400 || !response.request().isNavigationRequest()) return;
    this.#shown.push(`${response.status()} ${new URL(response.url()).pathname}`);
  }
}

/** Says that an error is to be shown: what no test says this of may be shown on none of its screens. */
export function expectError(page: Page, words: Words): void {
  lookouts.get(page.context())?.expect(words);
}
