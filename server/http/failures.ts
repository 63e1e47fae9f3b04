import { BoundedMap } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import type { Problem } from '../base/errors.ts';
import type { Publishing, RequestHead, Response } from '../publisher/request.ts';
import { problemOf, responseTo } from './errors.ts';

/** One sentence is logged once in so long, however many are refused by it. */
const SAID_ONCE_MS = 60_000;
const MOST_SAID = 200;

/** What failed: the request, as far as it could be read. */
export interface Failed {
  readonly error: unknown;
  readonly method: string;
  readonly path: string;
  readonly head: RequestHead | undefined;
  readonly wantsPage: boolean;
}

/** Answers requests that failed: whoever may view management screens is told why, the log is too, and everybody else is told what to do. */
export class Failures {
  readonly #publisher: Publishing;
  readonly #log: Log;
  readonly #said = new BoundedMap<string, { at: number; more: number }>(MOST_SAID);

  constructor(publisher: Publishing, log: Log) {
    this.#publisher = publisher;
    this.#log = log;
  }

  async answer({ error, method, path, head, wantsPage }: Failed): Promise<Response> {
    const problem = problemOf(error, this.#log);
    if (problem === error && problem.status >= 500) this.#say(problem, path);
    const page = wantsPage ? { method, path } : undefined;
    const isOperator = await this.#isOperator(problem, wantsPage, head);
    return responseTo(problem, { page, isOperator });
  }

  async #isOperator(
    { audience, status }: Problem,
    wantsPage: boolean,
    head: RequestHead | undefined,
  ): Promise<boolean> {
    const isForAll = audience === 'visitors' || (audience === 'anybody' && !wantsPage);
    // Whoever was not let in is nobody; to look again would count as another try.
    if (isForAll || head === undefined || status === 401 || status === 429) return false;
    return this.#publisher.mayManage(head).catch(() => false);
  }

  #say(problem: Problem, path: string): void {
    const { status, message: reason } = problem;
    const now = performance.now();
    const said = this.#said.get(reason);
    if (said !== undefined && now - said.at < SAID_ONCE_MS) {
      said.more += 1;
      return;
    }
    this.#said.set(reason, { at: now, more: 0 });
    const since = said === undefined || said.more === 0 ? {} : { alsoSince: said.more };
    if (status === 503) this.#log.warn({ path, reason, ...since }, 'A request could not be answered');
    else this.#log.error({ err: problem, path, ...since }, 'A request met something damaged');
  }
}
