import { formatIp, parseIp } from './ip.ts';

/** Where a memcached server listens. `text` is canonical: two addresses are the same exactly when their texts are. */
export type Address = TcpAddress | SocketAddress;

interface TcpAddress {
  readonly kind: 'tcp';
  readonly text: string;
  /** A name in lower case, or an IP address in its canonical form, without brackets. */
  readonly host: string;
  readonly port: number;
}

interface SocketAddress {
  readonly kind: 'socket';
  readonly text: string;
  readonly path: string;
}

interface LineProblem {
  /** Counted from 1, blank lines and comments included. */
  readonly line: number;
  /** A whole sentence: "Line 2: 'localhost;11211' is not host:port. …" */
  readonly detail: string;
}

const DEFAULT_PORT = 11211;
const HOW = 'Write a server as host:port, [IPv6]:port or /path/to.sock.';

/** Reads the lines of a `servers` property. Blank lines and lines that begin with # are skipped; duplicates are refused. */
export function parseServers(lines: readonly string[]): {
  readonly addresses: readonly Address[];
  readonly problems: readonly LineProblem[];
} {
  const addresses: Address[] = [];
  const problems: LineProblem[] = [];
  const seen = new Map<string, number>();
  for (const [index, raw] of lines.entries()) {
    if (!isServerLine(raw)) continue;
    const text = raw.trim();
    const line = index + 1;
    const address = parseAddress(text);
    const first = typeof address === 'string' ? undefined : seen.get(address.text);
    if (typeof address === 'string') problems.push({ line, detail: `Line ${line}: ${address}` });
    else if (first !== undefined) {
      problems.push({ line, detail: `Line ${line}: '${address.text}' already stands on line ${first}.` });
    } else {
      seen.set(address.text, line);
      addresses.push(address);
    }
  }
  return { addresses, problems };
}

/** Whether a line names a server: neither blank nor a comment. */
export function isServerLine(line: string): boolean {
  return !/^\s*(#|$)/.test(line);
}

/** Reads one server; a string says what is wrong with it. */
export function parseAddress(text: string): Address | string {
  if (text.startsWith('/')) return parseSocket(text);
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/s.exec(text);
  if (bracketed !== null) return parseBracketed(text, bracketed[1] ?? '', bracketed[2]);
  if (text.split(':').length > 2) {
    return parseIp(text) === undefined
      ? notHostPort(text)
      : `'${text}' is an IPv6 address without brackets. Write it as [${text}]:${DEFAULT_PORT}.`;
  }
  const [host = '', port] = text.split(':');
  return parseHost(text, host, port);
}

/** Whether a text is a host name in lower or upper case; names that end like a number are none. */
export function isHostName(text: string): boolean {
  const labels = text.split('.');
  if (text.length > 253 || !labels.every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label))) {
    return false;
  }
  // Systems read 0x7f.1, 127.1 and 2130706433 as IPv4 addresses.
  return !/^(\d+|0[xX][0-9a-fA-F]*)$/.test(labels.at(-1) ?? '');
}

function parseSocket(text: string): Address | string {
  const shown = quote(text);
  if (/[\0-\x1f\x7f]/.test(text)) return `${shown} contains a control character. Write the path of a socket.`;
  if (
    text.endsWith('/') ||
    text
      .split('/')
      .slice(1)
      .some((name) => ['', '.', '..'].includes(name))
  ) {
    return `${shown} is not a full path. Write it without '//', '.' and '..'.`;
  }
  if (new TextEncoder().encode(text).length > 107)
    return `${shown} is longer than the 107 bytes a socket's path may have.`;
  return { kind: 'socket', text, path: text };
}

function parseBracketed(text: string, inside: string, port: string | undefined): Address | string {
  const ip = inside.includes(':') ? parseIp(inside) : undefined;
  if (ip === undefined)
    return `'${shorten(inside)}' in ${quote(text)} is not an IPv6 address. Write it like [::1]:${DEFAULT_PORT}.`;
  return withPort(text, formatIp(ip), port);
}

function parseHost(text: string, host: string, port: string | undefined): Address | string {
  const ip = parseIp(host);
  if (ip !== undefined) return withPort(text, formatIp(ip), port);
  if (isHostName(host)) return withPort(text, host.toLowerCase(), port);
  if (/^[0-9a-fA-FxX.]+$/.test(host)) {
    return `'${shorten(host)}' is neither a name nor an IPv4 address. Write all four numbers, like 127.0.0.1.`;
  }
  return notHostPort(text);
}

function withPort(text: string, host: string, port: string | undefined): Address | string {
  if (port !== undefined && !/^\d+$/.test(port)) return notHostPort(text);
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (number < 1 || number > 65535)
    return `The port ${shorten(port ?? '')} in ${quote(text)} is not between 1 and 65535.`;
  return { kind: 'tcp', text: host.includes(':') ? `[${host}]:${number}` : `${host}:${number}`, host, port: number };
}

function notHostPort(text: string): string {
  return `${quote(text)} is not host:port. ${HOW}`;
}

function quote(text: string): string {
  return `'${shorten(text)}'`;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
