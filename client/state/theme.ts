import { Observable } from './observable.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
/** `system`: as the operating system has it, and changing with it. */
export type Theme = (typeof THEMES)[number];

const KEY = 'trellis.theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

export const theme = new Observable<Theme>(stored());

export function setTheme(choice: Theme): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Storage is refused: the choice holds for this page alone.
  }
  theme.set(choice);
}

export function isDark(): boolean {
  return theme.get() === 'dark' || (theme.get() === 'system' && systemIsDark.matches);
}

/** Puts the class that Web Awesome and our tokens look at on the root element, now and at every change. */
export function applyTheme(): void {
  apply();
  theme.follow(apply);
  systemIsDark.addEventListener('change', apply);
}

function apply(): void {
  document.documentElement.classList.toggle('wa-dark', isDark());
  document.documentElement.classList.toggle('wa-light', !isDark());
}

function stored(): Theme {
  try {
    return THEMES.find((name) => name === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}
