import { Observable } from './observable.ts';

const phone = matchMedia('(width < 640px)');

/** Whether the page is drawn as for a phone: the tree behind a button, rows of two lines. */
export const isPhone = new Observable(phone.matches);

phone.addEventListener('change', () => isPhone.set(phone.matches));
