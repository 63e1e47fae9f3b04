/** Whom a server that takes no more concerns, and what to do. */
export const TOLD_AND_TO_DO =
  'Whoever needs a new or larger session there is told so (503). Give it more memory (-m), or sessions a shorter idle timeout.';

/** That a server takes no more. */
export function fullWords(address: string): string {
  return `${address} is full and refuses values. ${TOLD_AND_TO_DO}`;
}
