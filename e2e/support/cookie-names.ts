import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** What the default cookies of any installation are called on a loopback address. */
export const LOGIN = /^__Host-trellis_[0-9a-f]{8}$/;
export const BROWSER_ID = /^__Host-browser_id_[0-9a-f]{8}$/;

/** The same where a browser keeps no Secure cookies there. */
export const PLAIN_LOGIN = /^trellis_[0-9a-f]{8}$/;
export const PLAIN_BROWSER_ID = /^browser_id_[0-9a-f]{8}$/;

interface CookieNames {
  readonly login: string;
  readonly browserId: string;
}

/** What those of one installation are called there. Reckoned here once more: another way of reckoning would log everybody out. */
export function cookieNamesOf({ data }: { readonly data: string }): CookieNames {
  const hash = createHash('sha256')
    .update(`cookie names of ${installationIn(data)}`)
    .digest('hex');
  const mark = hash.slice(0, 8);
  return { login: `__Host-trellis_${mark}`, browserId: `__Host-browser_id_${mark}` };
}

function installationIn(data: string): string {
  const database = new Database(join(data, 'trellis.sqlite'), { readonly: true });
  try {
    const [id] = database.prepare("SELECT value FROM entries WHERE name = 'installation' AND key = 'id'").pluck().all();
    return JSON.parse(String(id)) as string;
  } finally {
    database.close();
  }
}
