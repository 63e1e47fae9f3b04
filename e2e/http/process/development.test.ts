import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { ObjectMessage } from '../../../schema/endpoints/objects.ts';
import { ADMIN_PASSWORD, startServer } from '../../support/server.ts';
import { clientOf, managerOf, sameOrigin } from '../client.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const REDIRECT = new URL('../../../examples/products/redirect', import.meta.url).pathname;
const VITE = new URL('../../../node_modules/vite/bin/vite.js', import.meta.url).pathname;

test('while the interface is worked on, from its source, one signs in, and tabs of products and the preview are there', async () => {
  await using server = await startServer({ environment: { TRELLIS_PRODUCTS: REDIRECT } });
  await using source = await serveSource(server.url);
  const browser = clientOf(source, sameOrigin(source));
  const login = await browser('/api/@login', { body: { name: 'admin', password: ADMIN_PASSWORD } });
  assert.equal(login.status, 200, login.text);

  await managerOf(server)('/api/', { body: { type: 'Redirect', id: 'news' } });
  const { tabs } = (await managerOf(server)('/api/news')).json<ObjectMessage>();
  const tab = await browser(tabs.find(({ id }) => id === 'destination')?.module ?? '');
  assert.match(tab.text, /from '\/assets\/trellis\.js'/);
  const shared = await browser('/assets/trellis.js');
  assert.equal(shared.status, 200);
  assert.match(shared.text, /"\/parts\/face\.ts"/, 'the same modules as the interface’s own');
  assert.match((await browser('/assets/page-frame')).text, /<iframe sandbox/);
});

/** What `npm run dev` starts, on a free port. */
async function serveSource(server: string) {
  const child = spawn(process.execPath, [VITE, '--host', '127.0.0.1', '--port', '0'], {
    cwd: ROOT,
    env: { ...process.env, TRELLIS_DEV_SERVER: server },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const url = await addressIn(child.stdout.iterator({ destroyOnReturn: false }));
  child.stdout.resume();
  return {
    url,
    port: Number(new URL(url).port),
    async [Symbol.asyncDispose]() {
      child.kill();
      await gone;
    },
  };
}

async function addressIn(output: AsyncIterable<unknown>): Promise<string> {
  let said = '';
  for await (const chunk of output) {
    said += stripVTControlCharacters(String(chunk));
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`Vite ended before it served:\n${said}`);
}
