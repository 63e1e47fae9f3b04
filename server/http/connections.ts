import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

const LOOK_MS = 25;
const MOST_TURNS = 1_000;
const SHORT_TURN_MS = 0.05;

/** Since when nothing has come in from a connection, and how much had by then. */
interface Quiet {
  readonly since: number;
  readonly bytesRead: number;
}

/** Who is connected to a server, so that it can end without dropping a request. */
export class Connections {
  /** Whether this server was told to end; it still answers. */
  isEnding = false;
  readonly #server: Server;
  /** What the newest request on each is answered by; a client that does not wait for one answer has several under way. */
  readonly #newest = new Map<Socket, ServerResponse | undefined>();
  #isClosing = false;

  constructor(server: Server, answer: RequestListener) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#newest.set(socket, undefined);
      socket.once('close', () => this.#newest.delete(socket));
    });
    server.on('timeout', closeUnlessReading);
    server.on('request', (request, response) => {
      const before = this.#newest.get(request.socket);
      if (!this.#isClosing) {
        this.#newest.set(request.socket, response);
        answer(request, response);
      } else if (before?.headersSent !== true || !saysClose(before)) {
        this.#newest.set(request.socket, response);
        if (before?.headersSent === false) before.setHeader('connection', 'keep-alive');
        void this.#answerLast(request, response, answer);
      } // Who was told that the connection closes sends it again over another: it must not be done here as well.
    });
  }

  /** How many are connected. */
  get open(): number {
    return this.#newest.size;
  }

  /**
   * Ends the server as clients can follow. For `drainMs` it only says that it ends, to whoever sends visitors here. Then it
   * closes the port, each answer tells its client to connect anew, and a connection over which nothing goes is closed once
   * it was quiet for as long again. What is under way is waited for. Resolves when nobody is connected any more.
   */
  async end(drainMs: number): Promise<void> {
    this.isEnding = true;
    await wait(drainMs);
    await stopListening(this.#server);
    this.#isClosing = true;
    for (const response of this.#newest.values()) if (response?.headersSent === false) sayClose(response);
    const quiet = new Map<Socket, Quiet>();
    while (this.#newest.size > 0) {
      this.#closeQuiet(quiet, drainMs);
      await wait(LOOK_MS);
      await nextTurn(); // What came in while this process was held up is read first.
    }
  }

  /** Says that the connection closes, unless more requests came together with this one: then the last of them does. */
  async #answerLast(request: IncomingMessage, response: ServerResponse, answer: RequestListener): Promise<void> {
    await nextTurn();
    if (this.#newest.get(request.socket) === response) sayClose(response);
    answer(request, response);
  }

  #closeQuiet(quiet: Map<Socket, Quiet>, quietMs: number): void {
    const now = performance.now();
    for (const [socket, response] of this.#newest) {
      const { bytesRead } = socket;
      const known = quiet.get(socket);
      if (isUnderWay(response)) quiet.delete(socket);
      else if (known?.bytesRead !== bytesRead) quiet.set(socket, { since: now, bytesRead });
      else if (now - known.since >= quietMs) socket.destroy();
    }
  }
}

/**
 * Closes a connection whose time is over, as Node does where nobody listens: but Node resets a request that came in while
 * this process was held up, before it was read.
 */
async function closeUnlessReading(socket: Socket): Promise<void> {
  const { bytesRead } = socket;
  await nextTurn();
  if (socket.bytesRead === bytesRead) socket.destroy();
}

/** Until the last byte of the answer was handed on: what is only written may still wait for a slow reader. */
function isUnderWay(response: ServerResponse | undefined): boolean {
  return response !== undefined && !response.writableFinished && !response.destroyed;
}

function sayClose(response: ServerResponse): void {
  response.setHeader('connection', 'close');
}

function saysClose(response: ServerResponse): boolean {
  return response.getHeader('connection') === 'close';
}

/**
 * Closes the port, and nothing else: http's own `close` ends connections at once. The system resets whoever waits there
 * to be taken, so it is closed in a moment when all are.
 */
async function stopListening(server: Server): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    let hasTaken = false;
    const note = () => (hasTaken = true);
    const began = performance.now();
    server.once('connection', note);
    await nextTurn();
    server.off('connection', note);
    if (!hasTaken && performance.now() - began < SHORT_TURN_MS) break;
  }
  NetServer.prototype.close.call(server);
}
