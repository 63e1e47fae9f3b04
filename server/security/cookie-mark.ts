import { createHash } from 'node:crypto';

const LENGTH = 8;

/**
 * Stands in the default names of cookies. Cookies know no ports: without it, two installations on one host name would take
 * each other's.
 */
export function cookieMarkOf(installation: string): string {
  return createHash('sha256').update(`cookie names of ${installation}`).digest('hex').slice(0, LENGTH);
}
