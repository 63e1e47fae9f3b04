/** Security headers, by kind of response. Each promise here is named in docs/security.md. */
export type Kind = 'interface' | 'asset' | 'named asset' | 'api' | 'content' | 'file' | 'frame';

const INTERFACE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "font-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
].join('; ');

const API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Site authors' pages share the interface's origin, so nothing in them may run. */
const CONTENT_POLICY =
  "default-src 'self'; script-src 'none'; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Bytes that somebody uploaded: whatever they are, nothing in them runs, and nothing is loaded by them. */
const FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'";

/**
 * The one page that may be framed, and by the interface alone. A page that it shows before it is saved inherits this: it
 * looks as it will, runs nothing, sends nothing, goes nowhere and loads nothing from elsewhere.
 */
const FRAME_POLICY =
  "default-src 'none'; img-src 'self'; media-src 'self'; font-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'self'; form-action 'none'; frame-ancestors 'self'";

const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const STRICT_TRANSPORT = { 'strict-transport-security': 'max-age=31536000' };

const BY_KIND: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  interface: { ...COMMON, 'content-security-policy': INTERFACE_POLICY, 'cache-control': 'no-store' },
  asset: { ...COMMON, 'content-security-policy': API_POLICY, 'cache-control': 'public, max-age=31536000, immutable' },
  // Another version of it comes under the same name.
  'named asset': { ...COMMON, 'content-security-policy': API_POLICY, 'cache-control': 'no-cache' },
  api: { ...COMMON, 'content-security-policy': API_POLICY, 'cache-control': 'no-store' },
  content: { ...COMMON, 'content-security-policy': CONTENT_POLICY, 'cache-control': 'no-cache' },
  file: { ...COMMON, 'content-security-policy': FILE_POLICY, 'cache-control': 'no-cache' },
  frame: { ...COMMON, 'content-security-policy': FRAME_POLICY, 'cache-control': 'no-cache' },
};

export type HeadersByKind = typeof BY_KIND;

const STRICT_ENTRIES = Object.entries(BY_KIND).map(([kind, headers]) => [kind, { ...headers, ...STRICT_TRANSPORT }]);
const BY_KIND_STRICTLY = Object.fromEntries(STRICT_ENTRIES) as HeadersByKind;

/** The headers that each kind of response always has; browsers are asked for https alone where nothing else is ours. */
export function securityHeaders(isHttpsOnly: boolean): HeadersByKind {
  return isHttpsOnly ? BY_KIND_STRICTLY : BY_KIND;
}
