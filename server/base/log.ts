import { pino, type Logger } from 'pino';

export type Log = Logger;

const SECRET_KEYS = ['password', 'token', 'secret', 'secrets', 'cookie', 'authorization'];

/** The server's log: one JSON line per event on standard error, secrets masked. */
export function openLog(level = 'info'): Log {
  const paths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `headers["${key}"]`, `headers["set-${key}"]`]);
  return pino({ level, base: { pid: process.pid }, redact: { paths, censor: '[masked]' } }, standardError());
}

/** What cannot be written down for now, on a full disk for example, waits for the next line; beyond this it is lost. */
const MOST_WAITING = 256 * 1024;

function standardError(): ReturnType<typeof pino.destination> {
  const destination = pino.destination({ dest: 2, maxLength: MOST_WAITING });
  // A log that nobody can take down must not end the server, which is what an error without a listener does.
  return destination.on('error', () => undefined);
}
