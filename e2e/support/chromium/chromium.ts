import { existsSync, readFileSync } from 'node:fs';
import type { BrowserContext, ConsoleMessage, LaunchOptions, Page } from 'playwright';
import { until } from '../figures.ts';

/** Chromium without the window around its pages: it draws the same in half the time. Not every system has it. */
const SHELL = '/usr/bin/chromium-headless-shell';

/** Chromium as the tests start it. */
export const CHROMIUM: LaunchOptions = {
  executablePath: process.env['CHROMIUM'] ?? (existsSync(SHELL) ? SHELL : '/usr/bin/chromium'),
  args: [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export interface Look {
  readonly name: string;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: 'light' | 'dark';
  /** The rules of axe that are looked at; all, where none are named. */
  readonly rules?: string[];
}

const WIDTHS = [
  ['', { width: 1440, height: 900 }],
  ['tablet', { width: 768, height: 1024 }],
  ['phone', { width: 390, height: 844 }],
] as const;

/** Every width, light and dark: in the dark only colours differ. Each differs from the one before in one thing. */
export const LOOKS: readonly Look[] = WIDTHS.flatMap(([device, viewport], index) => {
  const light: Look = { name: device || 'light', viewport, colorScheme: 'light' };
  const name = device === '' ? 'dark' : `${device}, dark`;
  const dark: Look = { name, viewport, colorScheme: 'dark', rules: ['color-contrast', 'link-in-text-block'] };
  return index % 2 === 0 ? [light, dark] : [dark, light];
});

/** Half as long as what the package exports, and sent to every page that is looked at. */
const AXE = readFileSync(new URL('../../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

const TELL_OF_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
  console.error('Policy broken:', event.violatedDirective, event.blockedURI, event.sourceFile))`;
/** Whether the interface draws dark; of a page that leaves its colours to the browser, what the browser says. */
const IS_DARK = `/\\bwa-(dark|light)\\b/.test(document.documentElement.className)
  ? document.documentElement.classList.contains('wa-dark')
  : matchMedia('(prefers-color-scheme: dark)').matches`;
const SETTLED = 'Promise.all(document.getAnimations().map((animation) => animation.finished)).then(() => 0)';
const OVERFLOW = `(() => {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
  const main = document.querySelector('app-shell')?.shadowRoot.querySelector('main');
  const inside = main ? main.scrollWidth - main.clientWidth : 0;
  return [Math.max(scrollWidth - clientWidth, inside), scrollHeight - clientHeight];
})()`;

/** Notes every fault of every page that a context opens: errors, breaches of the policy, missing assets. */
export async function watch(context: BrowserContext, faults: string[]): Promise<void> {
  await context.addInitScript({ content: TELL_OF_VIOLATIONS });
  const attach = (page: Page) => {
    page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.stack ?? error.message}`));
    page.on('console', (message) => note(message, faults));
    page.on('response', (response) => {
      if (response.status() >= 400 && response.url().includes('/assets/')) faults.push(`missing: ${response.url()}`);
    });
  };
  for (const page of context.pages()) attach(page);
  context.on('page', attach);
}

/** Shows the page in another look, and waits until it is drawn so: the interface changes its colours by itself. */
export async function wear(page: Page, { viewport, colorScheme }: Look): Promise<void> {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await until(`It is ${colorScheme}`, async () => (await page.evaluate(IS_DARK)) === (colorScheme === 'dark'));
}

/** What axe has against a page as it is, and whether something stands out of it: only what is long scrolls, and inside. */
export async function hindrancesOn(page: Page, rules?: string[]): Promise<readonly string[]> {
  await page.evaluate(SETTLED);
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(AXE);
  const found = await page.evaluate<string[]>(violationsOf(rules));
  const [sideways = 0, down = 0] = await page.evaluate<number[]>(OVERFLOW);
  return sideways + down > 0 ? [...found, `it stands out by ${sideways} px sideways, ${down} px below`] : found;
}

/**
 * Told in short where they are found: what axe has to say of what is right takes longer than looking. A frame holds what a
 * site author wrote, and takes no scripts.
 */
function violationsOf(rules?: string[]): string {
  const options = { iframes: false, resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  return `axe.run(${JSON.stringify(options)}).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(' | ')))`;
}

/** A request that was refused is an answer, which tests look at, and no fault of the page. */
function note(message: ConsoleMessage, faults: string[]): void {
  // What runs before each page cannot run in the frame of a preview, which is sandboxed.
  if (message.text().startsWith("Blocked script execution in 'about:")) return;
  if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
  faults.push(`${message.location().url}: ${message.text()}`);
}
