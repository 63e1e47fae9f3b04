import { setTimeout as wait } from 'node:timers/promises';
import { percentile } from '../e2e/support/figures.ts';
import { ask, type Answer } from '../e2e/support/applications/visitor.ts';

const BROWSERS = 100;
const TICK_MS = 10;
/** What browsers do, in turn. */
const VISITS = ['rw', 'rw', 'read', 'rw', 'rw', 'none', 'rw', 'rw', 'read', 'rw'] as const;
/** Few: what the servers remember of browsers is bounded, but takes its time to fill, and would look like a leak. */
const ONE_NEW_IN = 100;
type Page = (typeof VISITS)[number] | 'new';
/** Where so many wait for their answer no more are sent: the servers are behind. */
const MOST_AT_ONCE = 500;
const MOST_OF_A_REASON = 160;

/** A browser with a session, and what it knows of the counter in there. */
interface Browser {
  readonly cookie: string;
  /** Increments that were answered with success. */
  acknowledged: number;
  /** Every increment that was sent, twice where the first server was away. */
  sent: number;
}

/** How a stretch of time went. */
export interface Stretch {
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Browsers that visit two servers at an even rate. Where one is away the other is asked, as a proxy would. */
export class Traffic {
  /** Acknowledged increments that a later answer did not contain. */
  lost = 0;
  /** Why requests failed, and how often. */
  readonly reasons = new Map<string, number>();
  readonly #ports: readonly number[];
  readonly #perSecond: number;
  readonly #browsers: Browser[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  #times: number[] = [];
  #failures = 0;

  constructor(ports: readonly number[], perSecond: number) {
    this.#ports = ports;
    this.#perSecond = perSecond;
  }

  /** Sends requests until the signal says that it is enough, and waits for the last answers. */
  async run(signal: AbortSignal): Promise<void> {
    while (this.#browsers.length < BROWSERS) this.#browsers.push(await this.#begin());
    const began = performance.now();
    for (let sent = 0; !signal.aborted; await wait(TICK_MS)) {
      const due = ((performance.now() - began) / 1000) * this.#perSecond;
      for (; sent < due; sent++) {
        if (this.#inFlight.size < MOST_AT_ONCE) this.#send(pageOf(sent));
      }
    }
    await Promise.all(this.#inFlight);
  }

  /** What happened since this was last asked. */
  takeStretch(): Stretch {
    const [times, failures] = [this.#times, this.#failures];
    [this.#times, this.#failures] = [[], 0];
    return { requests: times.length, failures, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
  }

  /** Compares every counter with what its browser knows. */
  async check(): Promise<void> {
    for (const browser of this.#browsers) {
      const counter = counterOf(await this.#ask('read', browser.cookie));
      if (counter > browser.sent)
        throw new Error(`${browser.sent} increments were sent, and the counter is ${counter}.`);
      this.#compare(browser, browser.acknowledged, counter);
    }
  }

  #send(page: Page): void {
    const began = performance.now();
    const visit = this.#visit(page).then(
      () => void this.#times.push(performance.now() - began),
      (error: Error) => this.#fail(error),
    );
    this.#inFlight.add(visit);
    void visit.finally(() => this.#inFlight.delete(visit));
  }

  async #visit(page: Page): Promise<void> {
    const browser = any(this.#browsers);
    const known = browser.acknowledged;
    if (page === 'new') await this.#begin();
    if (page === 'none') await this.#ask(page, browser.cookie);
    if (page === 'read') this.#compare(browser, known, counterOf(await this.#ask(page, browser.cookie)));
    if (page === 'rw') {
      const answer = await this.#ask(page, browser.cookie, () => (browser.sent += 1));
      browser.acknowledged += 1;
      this.#compare(browser, known + 1, counterOf(answer));
    }
  }

  #fail({ message }: Error): void {
    const reason = message.slice(0, MOST_OF_A_REASON);
    this.#failures += 1;
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }

  /** A session that is gone has a counter that begins again. What is lost is counted once. */
  #compare(browser: Browser, expected: number, counter: number): void {
    if (counter >= expected) return;
    this.lost += expected - counter;
    browser.acknowledged = counter;
  }

  async #begin(): Promise<Browser> {
    const answer = await this.#ask('new');
    return { cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '', acknowledged: 0, sent: 0 };
  }

  /** Asks one of the servers, and the other where the first is away. */
  async #ask(page: Page, cookie = '', onSend?: () => void): Promise<Answer> {
    const first = any(this.#ports);
    const send = (port: number) => {
      onSend?.();
      return ask(port, `/${page}`, { headers: cookie === '' ? {} : { cookie } });
    };
    const answer = await send(first).catch(() => send(this.#ports.find((port) => port !== first) ?? first));
    if (answer.status >= 402) throw new Error(`/${page}: ${answer.status} ${answer.text}`);
    return answer;
  }
}

function pageOf(visit: number): Page {
  return visit % ONE_NEW_IN === 0 ? 'new' : (VISITS[visit % VISITS.length] as Page);
}

function any<Thing>(things: readonly Thing[]): Thing {
  return things[Math.floor(Math.random() * things.length)] as Thing;
}

/** Of an answer that knows of no session, 0. */
function counterOf({ text }: Answer): number {
  return (JSON.parse(text) as { counter?: number }).counter ?? 0;
}
