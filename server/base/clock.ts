/** Where the time comes from. Tests put another function in its place. */
export type Clock = () => number;

/** Milliseconds since 1970, for what is stored and shown. Deadlines use `performance.now()`, which never jumps. */
export const wallClock: Clock = () => Date.now();
