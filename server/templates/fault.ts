import { LiquidError } from 'liquidjs';
import { OverLimit } from './allowance.ts';
import type { Fault } from './protocol.ts';

/** Characters of a message. */
const LONGEST = 500;

/** What was thrown inside a tag, without the engine's words about where. */
export function causeOf(error: unknown): unknown {
  return LiquidError.is(error) ? (causeOf(error.originalError ?? undefined) ?? error) : error;
}

/** What is wrong with a template, and where; `path` is that of the template that was asked for. */
export function faultOf(error: unknown, path: string): Fault {
  const cause = causeOf(error);
  const isLimit = cause instanceof OverLimit;
  const message = sentence(cause instanceof Error ? cause.message : String(cause));
  if (!LiquidError.is(error)) return { message, path, line: 1, column: 1, isLimit };
  const [line = 1, column = 1] = error.token.getPosition();
  return { message, path: error.token.file ?? path, line, column, isLimit };
}

/** Short enough for a log and for a line below a field: the engine quotes what it does not understand, however long that is. */
function sentence(words: string): string {
  const bare = words.replace(/(, file:.*)?, line:\d+, col:\d+$/s, '');
  const short = bare.length > LONGEST ? `${bare.slice(0, LONGEST)}…` : bare;
  const whole = /[.?!…]$/.test(short) ? short : `${short}.`;
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}
