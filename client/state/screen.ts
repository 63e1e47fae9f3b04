import { Observable } from './observable.ts';

const phone = matchMedia('(width < 640px)');

/** Whether the page is drawn as for a phone: the tree behind a button, rows of two lines. */
export const isPhone = new Observable(phone.matches);

phone.addEventListener('change', () => isPhone.set(phone.matches));

const wide = matchMedia('(width >= 1200px)');

/** Whether there is room beside a list for what belongs to one of its rows. */
export const isWide = new Observable(wide.matches);

wide.addEventListener('change', () => isWide.set(wide.matches));
