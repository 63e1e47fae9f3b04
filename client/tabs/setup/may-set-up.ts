export const PROXY = 'MemCache Proxy';
export const CONTAINER = 'MemCache Session Data Container';

/** Whether all that a set-up of sessions adds is among the types that may be added somewhere. */
export function maySetUp(addable: readonly string[]): boolean {
  return [PROXY, CONTAINER].every((type) => addable.includes(type));
}
