/** That connections to one address end at different servers, and what to do. */
export function severalWords(address: string): string {
  return `${address} leads to several memcached servers, and a browser has another session on each of them, in turn. Name each of them on a line of its own.`;
}
