/** An origin in its one spelling, or `undefined`. */
export function parseOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin } = new URL(text);
  return origin === 'null' ? undefined : origin;
}

/** Whether a host name is this machine itself, wherever it is looked up. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(([a-z0-9_-]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(withoutDot(hostname));
}

/** As browsers write it for the same host: `shop.example.org.` is another name for `shop.example.org`. */
export function withoutDot(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}

/** Of the configured origins that one whose host was asked, with its scheme and port if there are several. */
export function originOfHost(asked: string, origins: readonly string[]): string | undefined {
  const { hostname, host } = new URL(asked);
  const same = origins.filter((origin) => new URL(origin).hostname === withoutDot(hostname));
  return same.find((origin) => origin === asked) ?? same.find((origin) => new URL(origin).host === host) ?? same[0];
}

/**
 * Whether browsers keep Secure cookies of a site that they reached at an address: what was configured decides, the first
 * origin where another host was asked. A proxy may pass another Host on, and speak another scheme, than browsers use.
 */
export function keepsSecureCookies(asked: string | undefined, origins: readonly string[]): boolean {
  const configured = (asked === undefined ? undefined : originOfHost(asked, origins)) ?? origins[0];
  if (configured !== undefined) return configured.startsWith('https:');
  // Browsers keep those of their own machine without https.
  return asked !== undefined && (asked.startsWith('https:') || isLoopbackHost(new URL(asked).hostname));
}

/** Whether some browsers keep Secure cookies of this address and others do not: Safari keeps none of its own machine by http. */
export function mayDropSecureCookies(asked: string | undefined, origins: readonly string[]): boolean {
  return asked?.startsWith('http:') === true && keepsSecureCookies(asked, origins) && origins.length === 0;
}

/** Whether a request says that it came through a proxy: its browser may then be on another machine, whatever host it names. */
export function isForwarded(headers: Readonly<Record<string, unknown>>): boolean {
  return ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'].some(
    (name) => name in headers,
  );
}
