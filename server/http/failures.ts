import type { Problem } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { OnceAMinute } from '../base/once-a-minute.ts';
import type { Asker, Publishing, RequestHead, Response } from '../publisher/request.ts';
import { failureOf, problemOf, responseTo, type Recipient } from './errors.ts';

/** What failed: the request, as far as it could be read. */
export interface Failed {
  readonly error: unknown;
  readonly method: string;
  readonly path: string;
  readonly head: RequestHead | undefined;
  readonly wantsPage: boolean;
  /** The address is published content, and not a part of the server itself. */
  readonly isContent: boolean;
}

const UNSHOWN = 'The page of the site about failures could not be shown: visitors see the one of the server';

/** Answers requests that failed: whoever may view management screens is told why, the log is too, and everybody else is told what to do. */
export class Failures {
  readonly #publisher: Publishing;
  readonly #log: Log;
  readonly #pace = new OnceAMinute();

  constructor(publisher: Publishing, log: Log) {
    this.#publisher = publisher;
    this.#log = log;
  }

  async answer({ error, method, path, head, wantsPage, isContent }: Failed): Promise<Response> {
    const problem = problemOf(error, this.#log);
    if (problem === error && isForTheLog(problem)) this.#say(problem, path);
    const wasLetIn = problem.status !== 401 && problem.status !== 429;
    const asker = head && (await this.#publisher.askerOf(head, wasLetIn));
    const page = wantsPage ? { method, path } : undefined;
    const reader: Recipient = { page, isOperator: asker?.isOperator === true };
    const own = asker !== undefined && wantsPage && isContent ? await this.#ownPage(problem, asker, path) : undefined;
    return responseTo(problem, reader, own);
  }

  /** Whatever is wrong with the site's page, there is one that needs nothing. */
  async #ownPage(problem: Problem, asker: Asker, path: string): Promise<string | undefined> {
    try {
      return await asker.pageAbout(failureOf(problem, asker.isOperator));
    } catch (error) {
      const { message: reason } = error as Error;
      const alsoSince = this.#pace.isDue(reason);
      if (alsoSince !== undefined) this.#log.warn({ path, reason, alsoSince }, UNSHOWN);
      return undefined;
    }
  }

  #say(problem: Problem, path: string): void {
    const { status, code, message: reason } = problem;
    // Anybody can ask for as many hosts as they like.
    const alsoSince = this.#pace.isDue(status === 421 ? code : reason);
    if (alsoSince === undefined) return;
    if (status === 503 || status === 421)
      this.#log.warn({ path, reason, alsoSince }, 'A request could not be answered');
    else this.#log.error({ err: problem, path, alsoSince }, 'A request met something damaged');
  }
}

/** Of a page that cannot be rendered, and of what anybody may read of a 503, the log was told by whoever found it out. */
function isForTheLog({ status, audience, code }: Problem): boolean {
  const isOwnFault = (status === 500 && code !== 'broken-page') || (status > 500 && audience === 'operators');
  return isOwnFault || status === 421;
}
