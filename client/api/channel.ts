import { listenToEvents } from '../../schema/endpoints/events.ts';
import { BACKGROUND, KINDS, type Kind } from '../../schema/live.ts';
import { connection, serverAnswered, serverLost } from '../state/connection.ts';
import { tellAnyChange, tellChanges } from '../state/live.ts';
import { address, ApiProblem, outcome, viewOf } from './request.ts';

const NAME = 'trellis-channel';
const OPENING_MS = 10_000;
/** A comment comes each 25 s. */
const SILENCE_MS = 60_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;

/** What the window that has the channel passes on: kinds, or that the server is out of reach. */
type Passed = readonly Kind[] | 'lost';

let isOn = false;
/** Ends this window's part, and with it the channel where this window has it. */
let part: AbortController | undefined;
let others: BroadcastChannel | undefined;
/** Whether anything may have been missed since this page was loaded. */
let isLate = false;

/**
 * From now on this window hears of changes while it is looked at. Of the windows of a browser one has the channel and passes
 * on what it hears; where the browser lets them not agree on one, as by plain http, each has its own.
 */
export function listen(): void {
  if (isOn) return;
  isOn = true;
  document.addEventListener('visibilitychange', takePart);
  takePart();
}

export function stopListening(): void {
  isOn = false;
  document.removeEventListener('visibilitychange', takePart);
  takePart();
}

function takePart(): void {
  const isWanted = isOn && document.visibilityState === 'visible';
  if (isWanted === (part !== undefined)) return;
  if (isWanted) {
    part = new AbortController();
    others = new BroadcastChannel(NAME);
    others.onmessage = ({ data }: MessageEvent<Passed>) => hear(data);
    void holdChannel(part.signal).catch(() => undefined);
  } else {
    part?.abort();
    others?.close();
    part = others = undefined;
    isLate = true;
  }
}

/** A window that waited, or was hidden, does not know what it missed. */
async function holdChannel(signal: AbortSignal): Promise<void> {
  // Only where the page came by https, or from this machine.
  const { locks } = navigator as { readonly locks?: LockManager };
  if (locks === undefined) return keepOpen(signal);
  const wasFree = await locks.request(NAME, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await keepOpen(signal);
    return lock !== null;
  });
  if (wasFree) return;
  if (isLate) tellAnyChange();
  isLate = true;
  await locks.request(NAME, { signal }, () => keepOpen(signal));
}

/** Opens the channel, and again whenever it breaks, until this window gives it up or may not have it. */
async function keepOpen(signal: AbortSignal): Promise<void> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      await readChannel(signal, () => (tries = 0));
    } catch (caught) {
      if (isRefusal(caught, 401)) return;
      if (isRefusal(caught, 403)) return isLate ? pass(KINDS) : undefined;
    }
    isLate = true;
    await pause(tries, signal);
  }
}

async function readChannel(signal: AbortSignal, opened: () => void): Promise<void> {
  const late = new AbortController();
  let timer = setTimeout(() => late.abort(), OPENING_MS);
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => late.abort(), SILENCE_MS);
  };
  try {
    const reader = await open(signal, AbortSignal.any([signal, late.signal]));
    opened();
    if (isLate) pass(KINDS);
    for (let rest = ''; ;) {
      restart();
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = `${rest}${value}`.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) pass(kindsIn(block));
    }
  } finally {
    clearTimeout(timer);
  }
}

async function open(signal: AbortSignal, inTime: AbortSignal): Promise<ReadableStreamDefaultReader<string>> {
  const path = viewOf('/', listenToEvents.view);
  const headers = { accept: 'text/event-stream', [BACKGROUND]: '1' };
  const asked = fetch(address(path), { headers, cache: 'no-store', signal: inTime });
  const response = await asked.catch((error: unknown) => {
    if (!signal.aborted) pass('lost');
    throw error;
  });
  serverAnswered();
  if (!response.ok || !response.body) outcome(path, response.status, null, undefined);
  return response.body!.pipeThrough(new TextDecoderStream()).getReader();
}

function kindsIn(block: string): readonly Kind[] {
  const words = /^data: (.*)$/m.exec(block)?.[1]?.split(' ') ?? [];
  return KINDS.filter((kind) => words.includes(kind));
}

/** To this window, and to those that share the channel. */
function pass(what: Passed): void {
  if (what.length === 0) return;
  others?.postMessage(what);
  hear(what);
}

function hear(what: Passed): void {
  if (what === 'lost') serverLost();
  else tellChanges(what);
}

/** The login has ended, which is told already; or the right was taken, which is shown where something is asked for. */
function isRefusal(caught: unknown, status: 401 | 403): boolean {
  return caught instanceof ApiProblem && caught.status === status;
}

/** Longer each time, and not for all windows alike; while the server is out of reach, until it answers. */
async function pause(tries: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries) * (1 + Math.random());
  await unlessAborted(signal, (done) => {
    const timer = setTimeout(done, ms);
    return () => clearTimeout(timer);
  });
  if (!connection.get().up) await unlessAborted(signal, (done) => connection.follow(({ up }) => up && done()));
}

function unlessAborted(signal: AbortSignal, begin: (done: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = begin(done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
