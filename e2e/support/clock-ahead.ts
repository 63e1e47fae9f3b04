import type { Fate } from './network/chaos-proxy.ts';

/** What a proxy makes of each answer of a memcached, so that its clock seems to be ahead: `stats` says another `time`. */
export function withClockAhead(seconds: number): (chunk: Buffer) => Fate {
  return (chunk) => {
    const text = chunk.toString('latin1').replace(/(?<=time ?)\d{10}/g, (time) => String(Number(time) + seconds));
    return { become: Buffer.from(text, 'latin1') };
  };
}
