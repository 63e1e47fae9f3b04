import type { IncomingMessage, ServerResponse } from 'node:http';

const PASS_OVER_MS = 30_000;
const LINGER_MS = 2_000;

/** Lets what is left of a body that nobody wants pass by, so that the connection can be used again; not for ever. */
export function passOver(message: IncomingMessage): void {
  const timer = setTimeout(() => message.destroy(), PASS_OVER_MS).unref();
  const done = () => clearTimeout(timer);
  message.once('end', done).once('close', done).resume();
}

/**
 * Leaves what is left of a body where it is: the connection ends with the answer, a little later. Closed at once, it would
 * be reset, and the client that is still sending might never see why.
 */
export function leaveUnread(response: ServerResponse): void {
  const { socket } = response;
  if (socket === null) return;
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };
  // Node would let the rest pass by once the answer is sent.
  response.once('finish', () => setImmediate(() => socket.pause()));
}
