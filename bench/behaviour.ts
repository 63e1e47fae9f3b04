import { setTimeout as wait } from 'node:timers/promises';
import { ask, type Answer } from '../e2e/support/applications/visitor.ts';
import type { Contestant } from './contestants.ts';
import { median } from './report.ts';

const PAGES = ['none', 'read', 'rw', 'new'] as const;
const COUNTED = 20;
const INCREMENTS = 200;
const FURTHER = 20;
/** Whoever has not answered by then hangs. */
const PATIENCE_MS = 10_000;
const ONE_TRY_MS = 1_000;
const RECOVERY_MS = 60_000;
const HANGS = 'hangs';
const CUT = 'no answer';
const COMMANDS = /^STAT (?:cmd_get|cmd_set|cmd_touch|cmd_meta|delete_hits|delete_misses|incr_hits|incr_misses) (\d+)$/;

/** How many commands memcached gets for each request of a page. */
export type Commands = Readonly<Record<(typeof PAGES)[number], number>>;

/** What 200 increments of one session at once leave of themselves. */
export interface Contention {
  /** Answered with success, and not in the session. */
  readonly lost: number;
  readonly refused: number;
}

/** What browsers see while one memcached server is out of order. */
export interface Outage {
  /** The first that needs its session. */
  readonly first: Seen;
  /** The median of those after it. */
  readonly thenMs: number;
  /** At the same time, one that has a session and asks for a page without need of it. */
  readonly elsewhere: Seen;
  /** From the moment that memcached answers again until a session is written and read. */
  readonly backMs: number;
}

export interface Seen {
  readonly what: string;
  readonly tookMs: number;
}

export async function countCommands(contestant: Contestant): Promise<Commands> {
  const cookie = await newSession(contestant);
  const counts: [string, number][] = [];
  for (const page of PAGES) {
    const before = await commandsSoFar(contestant);
    for (let n = 0; n < COUNTED; n++) await visit(contestant, page, page === 'new' ? '' : cookie);
    counts.push([page, ((await commandsSoFar(contestant)) - before) / COUNTED]);
  }
  return Object.fromEntries(counts) as Commands;
}

export async function contend(contestant: Contestant): Promise<Contention> {
  const cookie = await newSession(contestant);
  const increments = Array.from({ length: INCREMENTS }, () => visit(contestant, 'rw', cookie));
  const accepted = (await Promise.all(increments)).filter(isSuccess).length;
  const counter = counterOf(await visit(contestant, 'read', cookie)) ?? 0;
  return { lost: accepted - counter, refused: INCREMENTS - accepted };
}

export async function freeze(contestant: Contestant): Promise<Outage> {
  const cookie = await countedSession(contestant);
  await contestant.servers.freeze(0);
  const seen = await duringOutage(contestant, cookie);
  await contestant.servers.wake(0);
  return { ...seen, backMs: await untilSessionsWork(contestant) };
}

export async function kill(contestant: Contestant): Promise<Outage> {
  const cookie = await countedSession(contestant);
  await contestant.servers.kill(0);
  const seen = await duringOutage(contestant, cookie);
  await contestant.servers.bringBack(0);
  return { ...seen, backMs: await untilSessionsWork(contestant) };
}

/** The Cookie header of a browser that has just got a session with a counter at 0. */
export async function newSession(contestant: Contestant, bytes = 200): Promise<string> {
  const answer = await ask(contestant.port, `/new?size=${bytes}`);
  const cookies = (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]);
  if (!isSuccess(answer) || cookies.length === 0)
    throw new Error(`${contestant.name} made no session: ${answer.status} ${answer.text}`);
  return cookies.join('; ');
}

async function countedSession(contestant: Contestant): Promise<string> {
  const cookie = await newSession(contestant);
  await visit(contestant, 'rw', cookie);
  return cookie;
}

async function duringOutage(contestant: Contestant, cookie: string): Promise<Omit<Outage, 'backMs'>> {
  const [first, elsewhere] = await Promise.all([see(contestant, 'rw', cookie), see(contestant, 'none', cookie)]);
  const further: number[] = [];
  if (first.what !== HANGS) {
    for (let n = 0; n < FURTHER; n++) further.push((await see(contestant, 'rw', cookie)).tookMs);
  }
  return { first, thenMs: median(further), elsewhere };
}

async function see(contestant: Contestant, page: string, cookie: string): Promise<Seen> {
  const began = performance.now();
  const late = wait(PATIENCE_MS, HANGS, { ref: false });
  const answer = await Promise.race([visit(contestant, page, cookie).catch(() => CUT), late]);
  const tookMs = performance.now() - began;
  if (typeof answer === 'string') return { what: answer, tookMs };
  // The counter was 1 before the outage. One that begins again comes from a session that has lost everything.
  const isEmpty = isSuccess(answer) && counterOf(answer) === 1;
  return { what: isEmpty ? 'an empty session' : String(answer.status), tookMs };
}

async function untilSessionsWork(contestant: Contestant): Promise<number> {
  const began = performance.now();
  while (!(await doSessionsWork(contestant))) {
    if (performance.now() - began > RECOVERY_MS) return Number.POSITIVE_INFINITY;
    await wait(2);
  }
  return performance.now() - began;
}

async function doSessionsWork(contestant: Contestant): Promise<boolean> {
  const tried = newSession(contestant).then(async (cookie) => isSuccess(await visit(contestant, 'read', cookie)));
  const late = wait(ONE_TRY_MS, false, { ref: false });
  return Promise.race([tried.catch(() => false), late]);
}

/** What memcached did so far. Where sessions have copies, every server counts. */
async function commandsSoFar({ servers }: Contestant): Promise<number> {
  const lines = (await Promise.all(servers.all.map((server) => server.ask('stats')))).flat();
  return lines.reduce((sum, line) => sum + Number(COMMANDS.exec(line)?.[1] ?? 0), 0);
}

function visit(contestant: Contestant, page: string, cookie: string): Promise<Answer> {
  return ask(contestant.port, `/${page}?size=200`, { headers: cookie === '' ? {} : { cookie } });
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function counterOf({ text }: Answer): number | undefined {
  return (JSON.parse(text) as { counter?: number }).counter;
}
