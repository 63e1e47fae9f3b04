/** That two addresses lead to the same server, and what to do. */
export function sameWords(address: string, other: string): string {
  return `${other} and ${address} are one memcached server: when it is gone, so are the copies on both. Name it once.`;
}
