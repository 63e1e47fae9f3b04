import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../../e2e/support/figures.ts';
import { freePort, startMemcached } from '../../../e2e/support/memcached/memcached.ts';
import { temporaryFolder } from '../../../e2e/support/temporary-folder.ts';
import { parseServers } from './addresses.ts';
import { Allowlist } from './allowlist.ts';
import { Cluster } from '../cluster/cluster.ts';
import { downWords } from '../errors.ts';

const { allowlist } = Allowlist.parse();

/** How a proxy sees what listens at a port: by its Servers tab, by who asks it for a value, and by the log. */
async function seen(port: number): Promise<{ shown: string; told: string; logged: readonly string[] }> {
  const logged: string[] = [];
  const warn = (fields: { reason?: string }) => void logged.push(fields.reason ?? '');
  const log = { info: () => undefined, warn } as never;
  const { addresses } = parseServers([`127.0.0.1:${port}`]);
  const cluster = new Cluster({ addresses, allowlist, log });
  try {
    const [status] = await cluster.servers();
    const told = await cluster.get('key').then(
      () => 'it answered',
      (error: Error) => error.message,
    );
    await until('the log says so', async () => logged.length > 0);
    return { shown: downWords(status?.error ?? null), told, logged };
  } finally {
    await cluster.close();
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A memcached that need not answer as one of ours does. */
async function startOther(args: readonly string[], environment: NodeJS.ProcessEnv = {}, wanted?: number) {
  const port = wanted ?? (await freePort());
  const child = spawn('memcached', ['-u', 'root', '-U', '0', '-l', '127.0.0.1', '-p', String(port), ...args], {
    stdio: 'ignore',
    env: { ...process.env, ...environment },
  });
  const listens = () =>
    new Promise<boolean>((settle) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => settle(true)).once('error', () => settle(false));
      socket.once('connect', () => socket.destroy());
    });
  await until('it listens', async () => child.exitCode !== null || (await listens()));
  assert.equal(child.exitCode, null, `memcached ${args.join(' ')} does not start`);
  return { port, [Symbol.asyncDispose]: async () => void (child.kill('SIGKILL') && (await once(child, 'exit'))) };
}

async function expectWords(port: number, words: RegExp): Promise<void> {
  const { shown, told, logged } = await seen(port);
  assert.match(shown, words);
  assert.match(told, words);
  assert.match(told, new RegExp(`^Can't reach memcache server! 127\\.0\\.0\\.1:${port} `));
  assert.match(logged[0] ?? '', words);
}

test('a memcached that speaks ASCII only, asks for a password or speaks TLS is named as that', async () => {
  await using folder = await temporaryFolder();
  const file = (name: string) => join(folder.path, name);
  writeFileSync(file('users'), 'user:pass\n');
  writeFileSync(file('memcached.conf'), 'mech_list: plain\n');
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', file('key.pem'), '-out', file('cert.pem')];
  execFileSync('openssl', ['req', '-x509', ...key, '-days', '2', '-subj', '/CN=localhost'], { stdio: 'ignore' });

  await using ascii = await startOther(['-B', 'ascii']);
  await expectWords(ascii.port, /speaks the ASCII protocol only: start memcached without "-B ascii"/);
  await using password = await startOther(['-Y', file('users')]);
  await expectWords(password.port, /asks for a password \(-Y\), which is not supported yet/);
  await using sasl = await startOther(['-S'], { SASL_CONF_PATH: folder.path });
  await expectWords(sasl.port, /asks for a user name and a password \(-S\), which is not supported yet/);
  const tls = ['-Z', '-o', `ssl_chain_cert=${file('cert.pem')},ssl_key=${file('key.pem')}`];
  await using secure = await startOther(tls);
  await expectWords(secure.port, /speaks TLS, which is not supported yet: start memcached without -Z/);
});

test('a Redis and a web server are named as what they are, and asked for nothing but a version', async () => {
  const asked: string[] = [];
  const redis = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      asked.push(data.toString('latin1'));
      if (data.includes('\n')) socket.write(`-ERR unknown command '${data.toString('latin1').trim()}'\r\n`);
    });
  });
  const web = createHttpServer((_request, response) => response.end());
  await expectWords(await listening(redis), /is a Redis server, and no memcached/);
  await expectWords(await listening(web), /is a web server, and no memcached/);
  redis.close();
  web.close();
  for (const said of asked) assert.ok(said === 'version\r\n' || /^\x80\x0b\0{22}$/.test(said), JSON.stringify(said));
});

test('a port that is silent, or where nobody is, is said by what happens', async () => {
  const silent = createServer();
  await expectWords(await listening(silent), /did not answer within 250 ms/);
  silent.close();
  await expectWords(await freePort(), /refused/);
});

test('once memcached is where something else was, it is used, and the words are gone', async () => {
  const other = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('-ERR no\r\n', () => socket.destroy()));
  });
  const port = await listening(other);
  const { addresses } = parseServers([`127.0.0.1:${port}`]);
  const cluster = new Cluster({ addresses, allowlist });
  assert.match(String((await cluster.servers())[0]?.error), /is a Redis server/);
  other.close();
  await using _memcached = await startMemcached({ port });
  await until('it is up', async () => (await cluster.servers())[0]?.up === true);
  assert.equal((await cluster.servers())[0]?.error, null);
  await cluster.close();
});

test('a memcached that asks for a password since it was started anew is named as that, though it took requests before', async () => {
  await using folder = await temporaryFolder();
  writeFileSync(join(folder.path, 'memcached.conf'), 'mech_list: plain\n');
  const memcached = await startMemcached();
  const { addresses } = parseServers([memcached.address]);
  const cluster = new Cluster({ addresses, allowlist });
  await using _cluster = { [Symbol.asyncDispose]: () => cluster.close() };
  await cluster.set('key', Buffer.from('value'), 60);
  await memcached.kill();
  await using _sasl = await startOther(['-S'], { SASL_CONF_PATH: folder.path }, memcached.port);
  const told = async () => cluster.get('key').then(String, (error: Error) => error.message);
  await until('it is named', async () => (await told()).includes('asks for a user name and a password (-S)'));
  assert.match(String((await cluster.servers())[0]?.error), /\(-S\)/);
});

test('an address that is not allowed is said to have not been asked, with the setting', async () => {
  const { addresses } = parseServers(['93.184.216.34:11211']);
  const cluster = new Cluster({ addresses, allowlist });
  const [status] = await cluster.servers();
  assert.equal(downWords(status!.error), 'was not asked: TRELLIS_MEMCACHED_ALLOW does not allow its address');
  await cluster.close();
});
