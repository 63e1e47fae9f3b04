import { Observable } from './observable.ts';
import { readPreference, writePreference } from './preferences.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
/** `system`: as the operating system has it, and changing with it. */
export type Theme = (typeof THEMES)[number];

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const stored = readPreference('theme');

export const theme = new Observable<Theme>(THEMES.find((name) => name === stored) ?? 'system');

export function setTheme(choice: Theme): void {
  writePreference('theme', choice);
  theme.set(choice);
}

/** How the page is drawn now. */
export const isDark = new Observable(false);

/** Puts the class that Web Awesome and our tokens look at on the root element, now and at every change. */
export function applyTheme(): void {
  apply();
  theme.follow(apply);
  systemIsDark.addEventListener('change', apply);
}

function apply(): void {
  const dark = theme.get() === 'dark' || (theme.get() === 'system' && systemIsDark.matches);
  document.documentElement.classList.toggle('wa-dark', dark);
  document.documentElement.classList.toggle('wa-light', !dark);
  isDark.set(dark);
}
