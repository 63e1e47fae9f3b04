/** Where a redirect leads: to a path on this site, or away. `location` is made anew from what was understood. */
export interface Target {
  readonly location: string;
  /** Its path on this site, encoded; `undefined`: it is on another one. */
  readonly urlPath: string | undefined;
}

const HERE = 'http://here.invalid';
const BAD = /[\u0000-\u0020\u007f\\]/;

/** A target as an author writes it, or the sentence that says why it is none. */
export function parseTarget(text: string): Target | string {
  if (BAD.test(text)) return `'${text}' has a space, a control character or "\\" in it. Write them as %20 or %5C.`;
  return text.startsWith('/') ? parsePath(text) : parseUrl(text);
}

function parsePath(text: string): Target | string {
  const url = URL.canParse(text, HERE) ? new URL(text, HERE) : undefined;
  // "//x" and, once dots are resolved, "/.//x" name another host in a browser's eyes.
  if (url === undefined || url.origin !== HERE || url.pathname.startsWith('//')) {
    return `'${text}' leads to another site. Begin a path with one "/", or write the whole address with https://.`;
  }
  return { location: url.pathname + url.search + url.hash, urlPath: url.pathname };
}

function parseUrl(text: string): Target | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:\/\/[^/]/i.test(text) || !/^https?:$/.test(url.protocol)) {
    return `'${text}' is no target. Write a path such as /news, or an address such as https://example.org/news.`;
  }
  if (url.username !== '' || url.password !== '') {
    return `'${text}' has a user name in it, which hides where it leads. Leave out what is before the "@".`;
  }
  return { location: url.href, urlPath: undefined };
}
