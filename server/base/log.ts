import { pino, type Logger } from 'pino';

export type Log = Logger;

const SECRET_KEYS = ['password', 'token', 'secret', 'secrets', 'cookie', 'authorization'];

/** The server's log: one JSON line per event on standard error, secrets masked. */
export function openLog(level = 'info'): Log {
  const paths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `headers["${key}"]`, `headers["set-${key}"]`]);
  return pino({ level, base: { pid: process.pid }, redact: { paths, censor: '[masked]' } }, pino.destination(2));
}
