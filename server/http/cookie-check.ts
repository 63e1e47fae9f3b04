import { json, type RequestHead, type Response } from '../publisher/request.ts';
import { PROBE_SUFFIX } from '../../schema/endpoints/browser-check.ts';

/** An address that tells which probe cookies a browser sent to it. It may be below any path: no id begins with "@". */
export const COOKIE_CHECK = /^[^?]*\/@cookie-check(\?|$)/;

/** Of the cookies that the query names as `cookie=name=value`, whether each came with this request. Says nothing of others. */
export function cookieCheck({ query, cookies }: RequestHead): Response {
  const came = query.getAll('cookie').map((pair) => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    return name.endsWith(PROBE_SUFFIX) && cookies.get(name) === pair.slice(at + 1);
  });
  return json({ came });
}
