import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoginCookie } from './login-cookie.ts';

const [OURS, THEIRS] = ['token-of-ours', 'token-of-another-installation'];
const cookie = new LoginCookie('1a2b3c4d', async (token) => token === OURS);

function carrying(cookies: Readonly<Record<string, string>>, acceptsSecureCookies: boolean) {
  return { cookies: new Map(Object.entries(cookies)), acceptsSecureCookies, mayDropSecureCookies: false };
}

/** Names and values alone; what is taken away has none. */
function given(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.split(';')[0] ?? '');
}

test('a login of ours under a former name counts and moves; by plain http also one without a prefix', async () => {
  for (const [name, isSecure] of [
    ['__Host-trellis', true],
    ['__Host-trellis', false],
    ['trellis', false],
  ] as const) {
    const request = carrying({ [name]: OURS }, isSecure);
    assert.equal(await cookie.tokenIn(request), OURS);
    const lines = await cookie.linesAgain(request);
    assert.deepEqual(given(lines), [`${isSecure ? '__Host-' : ''}trellis_1a2b3c4d=${OURS}`, `${name}=`]);
    assert.equal(lines[1]?.includes('; Secure'), name.startsWith('__Host-'), 'browsers drop no prefixed one without');
  }
});

test('what is not ours under a former name, or came without a prefix where there is one, is left alone', async () => {
  for (const [cookies, isSecure] of [
    [{ '__Host-trellis': THEIRS }, true],
    [{ trellis: OURS }, true],
    [{ trellis: THEIRS }, false],
    [{ trellis_99999999: OURS }, false],
  ] as const) {
    const request = carrying(cookies, isSecure);
    assert.equal(await cookie.tokenIn(request), undefined);
    assert.deepEqual(await cookie.linesAgain(request), []);
    assert.equal((await cookie.lines(undefined, request)).length, 1);
  }
});

test('of two tokens the one that is a login counts, and both are taken away', async () => {
  const request = carrying({ '__Host-trellis_1a2b3c4d': 'ended', '__Host-trellis': OURS }, true);
  assert.deepEqual(await cookie.tokensIn(request), [OURS, 'ended']);
  assert.deepEqual(given(await cookie.lines(undefined, request)), ['__Host-trellis_1a2b3c4d=', '__Host-trellis=']);
});
