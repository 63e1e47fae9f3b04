import type { Problem } from '../base/errors.ts';
import { wordsForVisitors } from '../base/visitor-words.ts';

/**
 * What keeps a request from its session, as Koa and Express answer it: with its status and, where that passes, Retry-After.
 * The sentence is for whoever visits the application; `cause` is what happened, for the application itself.
 */
export class SessionRefusal extends Error {
  override readonly name = 'SessionRefusal';
  readonly status: number;
  readonly code: string;
  readonly expose = true;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem) {
    const { status, code, retryAfterS } = problem;
    super(wordsForVisitors(status).sentence, { cause: problem });
    // Express shows it to visitors where NODE_ENV is not set, and files of this machine are none of their business.
    this.stack = `${this.name}: ${this.message}`;
    this.status = status;
    this.code = code;
    this.headers = retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) };
  }
}
