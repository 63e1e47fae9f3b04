import type { IncomingHttpHeaders } from 'node:http';
import { Forbidden } from '../base/errors.ts';
import { parseOrigin } from '../base/origins.ts';

/**
 * Refuses a change that another site could have caused. Sec-Fetch-Site decides where the browser sends it, Origin else;
 * a client that sends neither must bring its own credentials, which no browser adds by itself.
 */
export function checkOrigin(method: string, path: string, headers: IncomingHttpHeaders, ours: readonly string[]): void {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin')
    refuse(`it was sent from another site (Sec-Fetch-Site: ${String(site)})`);
  const { origin } = headers;
  if (origin !== undefined && !ours.includes(parseOrigin(origin) ?? '')) refuse('its Origin is not this server');
  if (site !== undefined || origin !== undefined) return;
  const isFirstSignIn = FIRST_CALLS.has(path) && headers.cookie === undefined;
  if (headers.authorization === undefined && !isFirstSignIn) {
    refuse('it has neither Sec-Fetch-Site nor Origin; a program must send an Authorization header');
  }
}

/** What a program may call before it has any credentials. */
const FIRST_CALLS: ReadonlySet<string> = new Set(['/api/@login', '/api/@administrator']);

function refuse(why: string): never {
  throw new Forbidden(`The change was refused: ${why}. If you reach this server through a proxy, set TRELLIS_ORIGIN.`);
}
