import { Unavailable } from '../../base/errors.ts';
import type { KeyListing } from '../../memcache/store.ts';

/** How a walk over the keys of a store went. */
export type Walk = Pick<KeyListing, 'hasMore' | 'walked' | 'unreachable'>;

/** What a walk could see and what not, in sentences. Where it could see nothing at all, that is thrown. */
export function walkWords(walk: Walk, subject: string, what: string, mostKeys: number): readonly string[] {
  const { walked, hasMore, unreachable } = walk;
  const why = unreachable.map(({ address, reason }) => `${address} ${reason.clause}`).join('; ');
  if (walked.length === 0 && why !== '') throw new Unavailable(`${subject} cannot be listed: ${why}.`);
  const servers = walked.length === 1 ? '1 server' : `${walked.length} servers`;
  const sentences = [
    walked.length === 0
      ? 'In the memory of this process; what other processes keep is not seen.'
      : `Live walk of ${servers}; may repeat or miss ${what} that change meanwhile.`,
  ];
  if (why !== '') sentences.push(`Not listed: ${why}.`);
  if (hasMore) sentences.push(`There are more than ${mostKeys.toLocaleString('en')} keys; the rest was not looked at.`);
  return sentences;
}
