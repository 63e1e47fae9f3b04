/** Whom a server that takes no more concerns, and what to do. */
export const TOLD_AND_TO_DO =
  'Whoever needs a new or larger session there is told so (503). Give it more memory (-m), or sessions a shorter idle timeout.';

/** That a server takes no more. */
export function fullWords(address: string): string {
  return `${address} is full and refuses values. ${TOLD_AND_TO_DO}`;
}

/** That connections to one address end at different servers, and what to do. */
export function severalWords(address: string): string {
  return `${address} leads to several memcached servers, and a browser has another session on each of them, in turn. Name each of them on a line of its own.`;
}

/** That two addresses lead to the same server, and what to do. */
export function sameWords(address: string, other: string): string {
  return `${other} and ${address} are one memcached server: when it is gone, so are the copies on both. Name it once.`;
}
