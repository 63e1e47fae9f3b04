import { connect as connectNet, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { DIALECTS, type Reason } from '../errors.ts';

/** As much of an answer tells what it is. */
const ENOUGH_BYTES = 64;
const TLS_ALERT = 0x15;

/**
 * What a server speaks that does not answer `version` of the binary protocol; `undefined` where it says nothing that is known.
 * It is asked for its version in text, over a connection of its own, and where it hangs up at that, whether it speaks TLS:
 * nothing that any server would take for a change, and nothing of ours.
 */
export async function dialectOf(target: NetConnectOpts, timeoutMs: number): Promise<Reason | undefined> {
  const said = await ask(connectNet({ ...target, noDelay: true }), 'version\r\n', timeoutMs);
  const known = said === undefined ? undefined : dialectIn(said);
  if (known !== undefined || said === undefined || (said.length > 0 && said[0] !== TLS_ALERT)) return known;
  return (await shakesHands(target, timeoutMs)) ? DIALECTS.tls : undefined;
}

function dialectIn(said: Buffer): Reason | undefined {
  const text = said.toString('latin1');
  if (text.startsWith('VERSION ')) return DIALECTS.ascii;
  if (/^CLIENT_ERROR (unauthenticated|authentication)/.test(text)) return DIALECTS.password;
  if (/^-(ERR|NOAUTH|DENIED)\b/.test(text)) return DIALECTS.redis;
  if (/^HTTP\/|^<(!doctype|html)/i.test(text)) return DIALECTS.http;
  return undefined;
}

/** What comes back, until it is enough, ends or takes too long: nothing where it hung up, `undefined` where it is silent. */
function ask(socket: Socket, question: string, timeoutMs: number): Promise<Buffer | undefined> {
  return new Promise((settle) => {
    let said = Buffer.alloc(0);
    const end = (result: Buffer | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      settle(result);
    };
    const timer = setTimeout(() => end(said.length > 0 ? said : undefined), timeoutMs).unref();
    socket.once('connect', () => socket.write(question));
    socket.on('data', (chunk: Buffer) => {
      said = Buffer.concat([said, chunk]);
      if (said.includes(10) || said.length >= ENOUGH_BYTES || said[0] === TLS_ALERT) end(said);
    });
    socket.on('error', () => end(said));
    socket.on('close', () => end(said));
  });
}

/** Nothing is sent over what stands then, so it does not matter who it is. */
function shakesHands(target: NetConnectOpts, timeoutMs: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connectTls({ ...target, rejectUnauthorized: false } as ConnectionOptions);
    const end = (isTls: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      settle(isTls);
    };
    const timer = setTimeout(() => end(false), timeoutMs).unref();
    socket.once('secureConnect', () => end(true));
    // A server that wants a certificate of ours, or another version, says so in TLS.
    socket.on('error', (error: NodeJS.ErrnoException) => end(/ALERT|UNSUPPORTED_PROTOCOL/.test(error.code ?? '')));
    socket.on('close', () => end(false));
  });
}
