import type { ListedSession } from './list.ts';

const SIZE = /^([<>])\s*(\d+(?:\.\d+)?)\s*(?:(k|m)i?)?b?$/i;
const FACTORS = { k: 1024, m: 1024 * 1024 } as const;

/** What a filter's text lets through: words that are all in user, address, browser or id; or a size, as in ">10 KiB". */
export function matcherFor(filter: string): (session: ListedSession) => boolean {
  const text = filter.trim().toLowerCase();
  const [, sign, number = '', unit] = SIZE.exec(text) ?? [];
  if (sign !== undefined) {
    const limit = Number(number) * (unit === undefined ? 1 : FACTORS[unit as keyof typeof FACTORS]);
    return ({ bytes }) => (sign === '>' ? bytes > limit : bytes < limit);
  }
  const words = text.split(/\s+/);
  return ({ user, address, browser, id }) => {
    const searched = `${user ?? 'anonymous'}\n${address}\n${browser}\n${id}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  };
}
