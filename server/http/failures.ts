import type { Problem } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { OnceAMinute } from '../base/once-a-minute.ts';
import type { Publishing, RequestHead, Response } from '../publisher/request.ts';
import { problemOf, responseTo } from './errors.ts';

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
  readonly #pace = new OnceAMinute();

  constructor(publisher: Publishing, log: Log) {
    this.#publisher = publisher;
    this.#log = log;
  }

  async answer({ error, method, path, head, wantsPage }: Failed): Promise<Response> {
    const problem = problemOf(error, this.#log);
    if (problem === error && isForTheLog(problem)) this.#say(problem, path);
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
    const alsoSince = this.#pace.isDue(reason);
    if (alsoSince === undefined) return;
    if (status === 503) this.#log.warn({ path, reason, alsoSince }, 'A request could not be answered');
    else this.#log.error({ err: problem, path, alsoSince }, 'A request met something damaged');
  }
}

/** What anybody may read of a 503, the log was told by whoever found it out. */
function isForTheLog({ status, audience }: Problem): boolean {
  return status === 500 || (status > 500 && audience === 'operators');
}
