/** Sends what never ends, over many connections, as a process of its own: `flood-program.ts <port> <connections> <kind>`. */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { FloodKind } from './flood.ts';

const [, , portText, countText, kind] = process.argv as unknown as [string, string, string, string, FloodKind];
const host = `127.0.0.1:${portText}`;

const signIn = (...headers: readonly string[]) =>
  [
    'POST /api/@login HTTP/1.1',
    `Host: ${host}`,
    `Origin: http://${host}`,
    'Content-Type: application/json',
    ...headers,
    '',
    '',
  ].join('\r\n');

const KINDS: Readonly<Record<FloodKind, (socket: Socket) => unknown>> = {
  'announced as 1 MiB': (socket) => void socket.write(signIn('Content-Length: 1048576') + 'x'.repeat(1_000_000)),
  'all but one of 16 KiB': (socket) => void socket.write(signIn('Content-Length: 16384') + 'x'.repeat(16_383)),
  'byte by byte': async (socket) => {
    socket.setNoDelay(true).write(signIn('Content-Length: 16384'));
    for (let sent = 0; sent < 300 && !socket.destroyed; sent += 1) {
      socket.write('x');
      await wait(0);
    }
  },
  'in chunks of one byte': (socket) =>
    void socket.write(signIn('Transfer-Encoding: chunked') + '1\r\nx\r\n'.repeat(2_000)),
  'headers without end': (socket) => void socket.write(signIn(`Cookie: ${'x'.repeat(15_000)}`).slice(0, -2)),
  'nothing at all': () => undefined,
  'a download that nobody reads': (socket) => void socket.pause().write(`GET /file HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
};

const answers: Record<string, number> = {};
const sockets: Socket[] = [];

/** By groups, as they come over a network. */
const count = Number(countText);
const groupSize = Math.max(20, Math.ceil(count / 100));
while (sockets.length < count) {
  const group = Array.from({ length: Math.min(groupSize, count - sockets.length) }, open);
  sockets.push(...group);
  await Promise.all(group.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])));
  await Promise.all(group.map(async (socket) => KINDS[kind](socket)));
  await wait(10);
}
writeSync(1, 'sent\n');
for await (const _ of process.stdin);
const left = sockets.filter((socket) => !socket.destroyed).length;
writeSync(1, `${JSON.stringify({ answers, open: left })}\n`);
process.exit();

function open(): Socket {
  const socket = connect(Number(portText), '127.0.0.1').on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    const [, status = ''] = /^HTTP\/1\.1 (\d+)/.exec(bytes.toString('latin1')) ?? [];
    if (status !== '') answers[status] = (answers[status] ?? 0) + 1;
  });
  return socket;
}
