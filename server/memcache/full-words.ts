/** That a server takes no more, whom that concerns, and what to do. */
export function fullWords(address: string): string {
  return `${address} is full and refuses values: whoever needs a new or larger session there is told so (503). Give it more memory (-m), or sessions a shorter idle timeout.`;
}
