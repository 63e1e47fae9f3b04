import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import type { RoundTripMessage } from '../../../schema/endpoints/round-trip.ts';
import type { ServersMessage } from '../../../schema/endpoints/servers.ts';
import { sized, until } from '../../support/figures.ts';
import { freePort, startMemcached } from '../../support/memcached/memcached.ts';
import { basic } from '../../support/server.ts';
import { startSite } from '../../support/sessions-site.ts';
import { administer, ask, resultOf, Visitor } from '../../support/applications/visitor.ts';

const root = new URL('../../../', import.meta.url);
const children: ChildProcess[] = [];
after(() => children.forEach((child) => child.kill('SIGKILL')));

test('every command that the documentation and the interface give for memcached opens no UDP port, and the loopback alone', async (t) => {
  const commands = [...new Set([...(await documented()), await shown()])];
  assert.ok(commands.length >= 2, commands.join('\n'));
  for (const command of commands) {
    const port = await freePort();
    const { pid } = await run(command, port);
    const { tcp, udp } = await listeningOf(pid);
    assert.deepEqual(udp, [], `${command} opens UDP`);
    assert.deepEqual(tcp, [`127.0.0.1:${port}`], `${command} listens elsewhere`);
    await assert.rejects(udpAnswer(port), { code: 'ECONNREFUSED' });
    assert.ok(command.split(' ').includes('-M'), `${command} would forget sessions when it is full`);
    t.diagnostic(`${command}: UDP closed, TCP on the loopback alone`);
  }
});

test('a proxy may not name a server outside the private networks, or one that is none of memcached', async () => {
  await using memcached = await startMemcached();
  await using site = await startSite({ servers: [memcached.address] });
  const lines = [
    '8.8.8.8:11211',
    '[2001:4860:4860::8888]:11211',
    '169.254.169.254:11211',
    '127.0.0.1:80',
    '/etc/passwd',
  ];
  for (const line of lines) {
    const body = { properties: { servers: [line] } };
    const asked = { method: 'PATCH', headers: { authorization: basic() }, body };
    const { status, text } = await ask(site.port, '/api/mcproxy', asked);
    assert.ok([400, 422].includes(status), `${line}: ${status} ${text}`);
    assert.match(text, /Line 1/);
  }
});

test('a memcached server that is full and was started with -M refuses new sessions and loses none that it took', async (t) => {
  const kilobytes = 200;
  await using memcached = await startMemcached({ args: ['-M', '-m', String(sized(16, 64))] });
  await using site = await startSite({ servers: [memcached.address] });
  const kept: Visitor[] = [];
  let refused = 0;
  while (refused < 10) {
    const visitor = new Visitor(site);
    const answer = await visitor.post('/page', `set me ${kept.length}`, `fill junk ${kilobytes * 1024}`);
    if (answer.status === 200) kept.push(visitor);
    else {
      assert.equal(answer.status, 503, answer.text);
      assert.equal(answer.headers['set-cookie'], undefined);
      refused += 1;
    }
  }
  let lost = 0;
  for (const [me, visitor] of kept.entries()) {
    const answer = await visitor.visit('/page', 'get me');
    if (answer.status !== 200 || resultOf(answer) !== me) lost += 1;
  }
  assert.equal(site.log().match(/is full and refuses values/g)?.length, 1, 'the log says it once');
  const trip = await administer<RoundTripMessage>(site.port, '/api/mcsdc/@round-trip', { method: 'POST' });
  assert.deepEqual([trip.state, /is full and refuses values/.test(trip.text)], ['warn', true], trip.text);
  const { servers } = await administer<ServersMessage>(site.port, '/api/mcproxy/@servers');
  assert.deepEqual([servers[0]?.memory, servers[0]?.refusals], ['refusing', refused]);
  const stats = await memcached.ask('stats');
  t.diagnostic(`full after ${kept.length} sessions of ${kilobytes} kB: ${refused} refused with 503, ${lost} lost`);
  assert.ok(stats.includes('STAT evictions 0'));
  assert.ok(kept.length > 10);
  assert.equal(lost, 0);
});

test('a memcached server that drops what it holds because it is full is seen to do so', async (t) => {
  await using memcached = await startMemcached({ args: ['-m', '8'] });
  await using site = await startSite({ servers: [memcached.address] });
  const evictions = async () => {
    const { servers } = await administer<ServersMessage>(site.port, '/api/mcproxy/@servers');
    return servers[0]?.evictions ?? 0;
  };
  assert.equal(await evictions(), 0);
  let filled = 0;
  for (; (await evictions()) === 0 && filled < 200; filled += 1) {
    assert.equal((await new Visitor(site).post('/page', `fill junk ${200 * 1024}`)).status, 200);
  }
  t.diagnostic(`evictions are shown after ${filled} sessions of 200 kB on a server of 8 MB`);
  assert.ok((await evictions()) > 0);
});

/** The command lines in README and docs. */
async function documented(): Promise<readonly string[]> {
  const pages = (await readdir(new URL('docs', root))).filter((name) => name.endsWith('.md'));
  const paths = ['README.md', ...pages.map((name) => `docs/${name}`)];
  const texts = await Promise.all(paths.map((path) => readFile(new URL(path, root), 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n').map((line) => line.trim()));
  return lines.flatMap((line) => /^(?:ExecStart=\S*\/)?(memcached -.*-p \d+)/.exec(line)?.[1] ?? []);
}

/** The command line that the Servers tab shows while a server refuses. */
async function shown(): Promise<string> {
  await using site = await startSite({ servers: [`127.0.0.1:${await freePort()}`] });
  return (await administer<ServersMessage>(site.port, '/api/mcproxy/@servers')).startCommand;
}

const PRIVATE = /-l (127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\.[\d.]+ /;

/**
 * Runs a command as it is written, on another port, and on this machine where it names a machine of a private network.
 * As root, memcached has to be told which user to be.
 */
async function run(command: string, port: number): Promise<{ pid: number }> {
  assert.match(command, PRIVATE);
  const here = command.replace(PRIVATE, '-l 127.0.0.1 ').replace(/-p \d+/, `-p ${port}`);
  const [program = '', ...args] = here.split(/\s+/);
  const user = process.getuid?.() === 0 ? ['-u', 'root'] : [];
  const child = spawn(program, [...user, ...args], { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  await until(command, () => answers(port));
  assert.equal(child.exitCode, null);
  return { pid: child.pid ?? 0 };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const [event] = await Promise.race([
    once(socket, 'connect').then(() => ['connect']),
    once(socket, 'error').catch(() => ['error']),
  ]).catch(() => ['error']);
  socket.destroy();
  return event === 'connect';
}

/** What a datagram to a port brings back: where nobody listens, the system says so. */
async function udpAnswer(port: number): Promise<void> {
  const socket = createSocket('udp4');
  try {
    socket.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const answer = once(socket, 'message', { signal: AbortSignal.timeout(2_000) });
    socket.send(Buffer.from('\x00\x00\x00\x00\x00\x01\x00\x00version\r\n'));
    await answer;
  } finally {
    socket.close();
  }
}

/** The addresses that a process listens on, from Linux's own tables. */
async function listeningOf(pid: number): Promise<{ readonly tcp: readonly string[]; readonly udp: readonly string[] }> {
  const names = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  const inodes = new Set(links.flatMap((link) => (/^socket:\[(\d+)\]$/.exec(link) ?? []).slice(1)));
  const table = async (name: string) => {
    const text = await readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '');
    const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
    return rows.filter((row) => inodes.has(row[9] ?? ''));
  };
  const LISTENING = '0A';
  const listening = [...(await table('tcp')), ...(await table('tcp6'))].filter((row) => row[3] === LISTENING);
  const datagrams = [...(await table('udp')), ...(await table('udp6'))];
  return { tcp: listening.map((row) => addressOf(row[1])), udp: datagrams.map((row) => addressOf(row[1])) };
}

/** `0100007F:2BCB` is 127.0.0.1:11211; IPv6 stays as it is written there. */
function addressOf(text = ''): string {
  const [host = '', port = ''] = text.split(':');
  if (host.length !== 8) return text;
  const bytes = [6, 4, 2, 0].map((at) => Number.parseInt(host.slice(at, at + 2), 16));
  return `${bytes.join('.')}:${Number.parseInt(port, 16)}`;
}
