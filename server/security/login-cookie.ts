/** The cookie that carries a login. With `__Host-` no other host and no path below can set it. */
const NAME = 'trellis';

function nameFor(isSecure: boolean): string {
  return isSecure ? `__Host-${NAME}` : NAME;
}

/** The token that a request carries, if any. */
export function readLoginCookie(cookies: ReadonlyMap<string, string>, isSecure: boolean): string | undefined {
  return cookies.get(nameFor(isSecure));
}

/** The Set-Cookie line for a new login; without a token it takes the cookie away. */
export function loginCookie(token: string | undefined, isSecure: boolean): string {
  const flags = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return `${nameFor(isSecure)}=${token ?? ''}; ${flags}${token === undefined ? '; Max-Age=0' : ''}`;
}
