import type { SessionRow, SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import { formatBytes, formatNumber } from '../../parts/format.ts';
import type { Figure } from '../../parts/list/figures-strip.ts';

/** How many sessions there are, how many are in use, and how large they are, as far as it is known. */
export function figuresOf(message: SessionsMessage | undefined): readonly Figure[] {
  const known = (value: number | null | undefined, format: (value: number) => string) =>
    value === undefined || value === null ? '–' : format(value);
  return [
    ['Sessions', known(message?.total, formatNumber)],
    ['Active in 5 min', known(message?.active, formatNumber)],
    ['Mean size', known(message?.meanBytes, formatBytes)],
    ['Largest', known(message?.largestBytes, formatBytes)],
  ];
}

/** "last seen first", as the foot of the list says it. */
export function orderInWords(sort: string, order: 'asc' | 'desc'): string {
  const [ascending, descending] = ORDERS.get(sort) ?? ['', ''];
  return order === 'asc' ? ascending : descending;
}

/** The server's sentences with the time of the list where the first clause ends. */
export function sourceAt(source: string, time: string): string {
  return source.replace(';', `, ${time};`);
}

export function nameOfUser({ user }: Pick<SessionRow, 'user'>): string {
  return user ?? 'anonymous';
}

const ORDERS: ReadonlyMap<string, readonly [ascending: string, descending: string]> = new Map([
  ['user', ['by user', 'by user, backwards']],
  ['lastSeen', ['last seen last', 'last seen first']],
  ['expires', ['ending soon first', 'ending soon last']],
  ['bytes', ['smallest first', 'largest first']],
  ['address', ['by IP', 'by IP, backwards']],
  ['browser', ['by browser', 'by browser, backwards']],
]);
