import assert from 'node:assert/strict';
import { test } from 'node:test';
import { securityHeaders, type Kind } from './headers.ts';

const KINDS = Object.keys(securityHeaders(false)) as Kind[];

/** What a kind of answer says of one thing: "script-src". */
function policyOf(kind: Kind, about: string): string | undefined {
  const rules = (securityHeaders(false)[kind]['content-security-policy'] ?? '').split('; ');
  return rules.find((rule) => rule.split(' ')[0] === about)?.slice(about.length + 1);
}

test('no answer lets a browser guess its type, be framed elsewhere, or load what it does not name', () => {
  for (const kind of KINDS) {
    assert.equal(securityHeaders(false)[kind]['x-content-type-options'], 'nosniff', kind);
    assert.equal(policyOf(kind, 'frame-ancestors'), kind === 'frame' ? "'self'" : "'none'", kind);
    assert.equal(policyOf(kind, 'default-src'), kind === 'content' ? "'self'" : "'none'", kind);
  }
});

test('scripts run in the interface alone, and only its own; what was uploaded is in a sandbox', () => {
  const scripts = KINDS.map((kind) => [kind, policyOf(kind, 'script-src') ?? policyOf(kind, 'default-src')]);
  const others = scripts.filter(([kind, from]) => kind !== 'interface' && from !== "'none'");
  assert.deepEqual([policyOf('interface', 'script-src'), others], ["'self'", []]);
  assert.equal(policyOf('interface', 'require-trusted-types-for'), "'script'");
  assert.equal(policyOf('file', 'sandbox'), '');
});

test('what names itself after its contents is kept for long, what the API answers not at all', () => {
  const kept = (kind: Kind) => securityHeaders(false)[kind]['cache-control'];
  assert.deepEqual(
    [kept('asset'), kept('named asset'), kept('api'), kept('interface')],
    ['public, max-age=31536000, immutable', 'no-cache', 'no-store', 'no-store'],
  );
});

test('browsers are held to https where nothing else is ours, and nowhere else', () => {
  for (const kind of KINDS) {
    const { 'strict-transport-security': held, ...others } = securityHeaders(true)[kind];
    assert.equal(held, 'max-age=31536000');
    assert.deepEqual(others, securityHeaders(false)[kind]);
  }
});
