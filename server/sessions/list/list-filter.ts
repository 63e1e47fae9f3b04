import type { ListedSession } from './session-list.ts';

const SIZE = /^([<>])\s*(\d+(?:\.\d+)?)\s*(?:(k|m)i?)?b?$/i;
const LONGEST_NAME = 1000;
const FACTORS = { k: 1024, m: 1024 * 1024 } as const;

/** What a filter's text lets through: words that are each in user, address or browser, or begin the id; or a size, as in ">10 KiB". */
export function matcherFor(filter: string): (session: ListedSession) => boolean {
  const text = filter.trim().toLowerCase();
  const [, sign, number = '', unit] = SIZE.exec(text) ?? [];
  if (sign !== undefined) {
    const limit = Number(number) * (unit === undefined ? 1 : FACTORS[unit as keyof typeof FACTORS]);
    return ({ bytes }) => (sign === '>' ? bytes > limit : bytes < limit);
  }
  const words = text.split(/\s+/);
  return ({ user, address, browser, id }) => {
    // What is looked for comes composed; an application may know its users otherwise.
    const name = (user ?? 'anonymous').slice(0, LONGEST_NAME).normalize('NFC');
    const searched = `${name}\n${address}\n${browser}`.toLowerCase();
    // An id is random: a short word would be somewhere in many of them.
    return words.every((word) => searched.includes(word) || id.toLowerCase().startsWith(word));
  };
}
