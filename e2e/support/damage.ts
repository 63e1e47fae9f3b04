import { randomBytes } from 'node:crypto';
import { sized } from './figures.ts';
import type { RawItem } from './memcached/raw-memcached.ts';

/** A way to damage an item, with its name for a failure. */
export interface Harm {
  readonly name: string;
  readonly item: RawItem;
}

/**
 * Every way to damage an item that tests try: bits and whole bytes at every position (one bit of each byte, unless FULL=1),
 * its flags, its length, and all of it at once.
 */
export function harmsTo({ flags, value }: RawItem): readonly Harm[] {
  const positions = Array.from(value.keys());
  const bits = (at: number) => (sized(1, 8) === 8 ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]);
  const flip = (at: number, mask: number) => {
    const changed = Buffer.from(value);
    changed[at]! ^= mask;
    return changed;
  };
  const values: readonly [string, Buffer][] = [
    ...positions.flatMap((at) =>
      bits(at).map((bit): [string, Buffer] => [`bit ${bit} of byte ${at}`, flip(at, 1 << bit)]),
    ),
    ...positions.filter((at) => sized(at % 9, 0) === 0).map((at): [string, Buffer] => [`byte ${at}`, flip(at, 0xff)]),
    ...[0, 1, 111, 112, 113, 117, 129, value.length - 1].map((length): [string, Buffer] => [
      `cut to ${length}`,
      value.subarray(0, length),
    ]),
    ['longer', Buffer.concat([value, Buffer.of(0)])],
    ['twice', Buffer.concat([value, value])],
    ['zeros', Buffer.alloc(value.length)],
    ['random', randomBytes(value.length)],
    ['a line of zeros', Buffer.concat([Buffer.alloc(64), value.subarray(64)])],
    ['newest of all', Buffer.concat([value.subarray(0, 1), Buffer.alloc(7, 0xff), value.subarray(8)])],
  ];
  const ends = [0, 1, ...Array.from({ length: 32 }, (_, bit) => (flags ^ (2 ** bit)) >>> 0)];
  return [
    ...values.map(([name, changed]) => ({ name, item: { flags, value: changed } })),
    ...ends.map((other) => ({ name: `flags ${other}`, item: { flags: other, value } })),
  ];
}
