import { subscribe } from 'node:diagnostics_channel';

/**
 * Requests that the event loop hands over in one go had all arrived before the first of them was looked at. What was seen
 * of other processes for that one was therefore seen after each of them was sent, and need not be looked at again.
 */
let batch = 0;
let isOpen = false;

// Node tells this channel of each request right where its socket is read. What is left of that turn of the event loop
// ends with its immediates, before any socket is asked again.
subscribe('http.server.request.start', () => {
  if (isOpen) return;
  isOpen = true;
  batch += 1;
  setImmediate(() => (isOpen = false));
});

/** Tells the batch of requests that is being handed over from all others; 0 where none is. */
export function currentBatch(): number {
  return isOpen ? batch : 0;
}
