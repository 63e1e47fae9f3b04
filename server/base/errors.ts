import { STATUS_CODES } from 'node:http';
import type { FieldProblem } from '../../schema/problems.ts';

/**
 * Who may read a problem's sentence. `operators`: whoever may view management screens, since it may name servers, paths and
 * types; `anybody`: also a program whose user is not known; `visitors`: it is written for a page, too.
 */
export type Audience = 'operators' | 'anybody' | 'visitors';

/** What every error thrown on purpose carries: an HTTP status, a stable code, and a sentence that says what to do. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** For bad input: which values, by JSON pointer, and what is wrong with each. */
  readonly errors: readonly FieldProblem[];
  /** For a refusal that passes: whole seconds until another try makes sense. */
  readonly retryAfterS: number | undefined;
  /** Further members of the answer, for a client that can act on them. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly audience: Audience;

  constructor(status: number, code: string, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.status = status;
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfterS = options.retryAfterS;
    this.members = options.members ?? {};
    // What is wrong with a request its sender knows already; what is wrong here is for those who look after it.
    this.audience = options.audience ?? (status < 500 ? 'anybody' : 'operators');
  }

  get title(): string {
    return STATUS_CODES[this.status] ?? 'Error';
  }
}

/**
 * A change that nobody would write any more, because the request that it belongs to is over. Nothing was changed: also
 * where nobody catches it, it is no reason to end a process.
 */
export class ChangedTooLate extends Problem {}

interface ProblemOptions {
  cause?: unknown;
  errors?: readonly FieldProblem[];
  retryAfterS?: number;
  members?: Readonly<Record<string, unknown>>;
  audience?: Audience;
}

/** The request cannot be read as what it claims to be: syntax, shape, encoding. */
export class Malformed extends Problem {
  constructor(detail: string, errors: readonly FieldProblem[] = []) {
    super(400, 'malformed', detail, { errors });
  }
}

/** The request reads well, but values in it break a rule. */
export class Invalid extends Problem {
  constructor(detail: string, errors: readonly FieldProblem[] = []) {
    super(422, 'invalid', detail, { errors });
  }
}

/** The value that a JSON pointer leads to breaks a rule. */
export function invalidAt(pointer: string, detail: string): Invalid {
  return new Invalid(detail, [{ pointer, detail }]);
}

export class NotSignedIn extends Problem {
  constructor(detail = 'Sign in first.') {
    super(401, 'not-signed-in', detail);
  }
}

export class Forbidden extends Problem {
  constructor(detail: string) {
    super(403, 'forbidden', detail);
  }
}

export class NotFound extends Problem {
  constructor(detail: string) {
    super(404, 'not-found', detail);
  }
}

/** The request is for a host that is not this server. The sentence is for whoever put the server there. */
export class Misdirected extends Problem {
  constructor(detail: string) {
    super(421, 'misdirected', detail, { audience: 'visitors' });
  }
}

/** The address is there, but not for this HTTP method; `allow` names those that it has. */
export class MethodNotAllowed extends Problem {
  readonly allow: string;

  constructor(used: string, allowed: readonly string[]) {
    super(405, 'method-not-allowed', `${used} is not possible here. Use ${allowed.join(' or ')}.`);
    this.allow = allowed.join(', ');
  }
}

/** Somebody else's change came first, so this one was not made. */
export class Conflict extends Problem {
  constructor(detail = 'Somebody else changed this at the same moment. Try again.', options: ProblemOptions = {}) {
    super(409, 'conflict', detail, options);
  }
}

/** Thrown inside a transaction it makes the publisher run the request again. */
export class ConflictError extends Conflict {}

/** A conflict, and what was stored before it could not be taken back: running the request again would do that twice. */
export class NotTakenBack extends Conflict {
  constructor(conflict: ConflictError) {
    const detail = `${conflict.message} What was stored in the session could not be taken back: look before you try again.`;
    super(detail, { cause: conflict, members: conflict.members });
  }
}

export class PreconditionFailed extends Problem {
  constructor(detail: string, members: Readonly<Record<string, unknown>> = {}) {
    super(412, 'changed-meanwhile', detail, { members });
  }
}

export class TooLarge extends Problem {
  constructor(detail: string, errors: readonly FieldProblem[] = []) {
    super(413, 'too-large', detail, { errors });
  }
}

/** What the client sends does not come, or comes too slowly. */
export class TooSlow extends Problem {
  constructor(detail: string) {
    super(408, 'too-slow', detail);
  }
}

export class UnsupportedMediaType extends Problem {
  constructor(detail: string) {
    super(415, 'unsupported-media-type', detail);
  }
}

export class TooManyRequests extends Problem {
  constructor(detail: string, retryAfterS: number) {
    super(429, 'too-many-requests', detail, { retryAfterS });
  }
}

/** Something this answer needs is out of reach for now: memcached, most often. */
export class Unavailable extends Problem {
  constructor(detail: string, options: ProblemOptions = {}) {
    super(503, 'unavailable', detail, { retryAfterS: 1, ...options });
  }
}

/** To be caught with: what is out of reach for now is as if it were not there. */
export function nothingIfUnavailable(error: unknown): undefined {
  if (!(error instanceof Unavailable)) throw error;
}

/** Whether a change was made could not be found out, because the storage was lost at the end of it. */
export class CommitUnknown extends Problem {
  /** Whether it was made, as soon as that is known. */
  readonly settled: Promise<boolean>;

  constructor(settled: Promise<boolean>, options: Pick<ProblemOptions, 'cause'> = {}) {
    const detail =
      'The storage was lost while it made this change, so the change may have been made. Look before you try again.';
    super(503, 'commit-unknown', detail, { ...options, audience: 'anybody' });
    this.settled = settled;
  }
}

/** The disk of the data folder is full, or the system lets no more be written to it. */
export class DiskFull extends Problem {
  /** `isQuota`: there may be room that is not given to us. */
  constructor(cause: unknown, isQuota = codeOf(cause) === 'EFBIG') {
    const detail = isQuota
      ? 'No more can be written where the data folder is: nothing was changed. See to its quota, to the limit for the size of ' +
        'files, and to its disk, then try again.'
      : 'The disk is full: nothing was changed. Make room where the data folder is, then try again.';
    super(507, 'storage-full', detail, { cause, audience: 'anybody' });
  }

  /** Whether the system refuses to write because there is no room, or none that may be used. */
  static isCause(error: unknown): boolean {
    return /^(ENOSPC|EDQUOT|EFBIG)$/.test(codeOf(error));
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | undefined)?.code);
}

/** The data file was deleted or replaced while this process has it open: what it wrote there would be lost. */
export class StorageGone extends Problem {
  /** `what` happened: `"data" was replaced`; and what more there is to do. */
  constructor(what: string, further = '') {
    const detail =
      `${what} while this server has it open, so it takes no more changes. Stop the server, see that the right data file ` +
      `is in the data folder, or restore a backup, and start it again.${further}`;
    super(503, 'storage-gone', detail, { audience: 'anybody' });
  }
}

/** The data file, or what is kept beside it, cannot be read or written, for another reason than that the disk is full. */
export class StorageUnreachable extends Problem {
  constructor(what: string, cause: unknown) {
    // The system names the file behind a comma: where data are is for nobody outside to know.
    const [reason] = (cause as Error).message.split(', ');
    const detail = `${what} cannot be read or written (${reason}). See to the disk of the data folder.`;
    super(500, 'storage-unreachable', detail, { cause, audience: 'anybody' });
  }
}

/** Bytes that are kept here are not those that were stored, as their hash tells. */
export class ContentDamaged extends Problem {
  /** `whose` bytes: the path of an object, where it is known. */
  constructor(whose?: string) {
    const what = whose === undefined ? 'Bytes that were stored' : `The bytes of ${whose}`;
    super(
      500,
      'content-damaged',
      `${what} are damaged, or missing, on the disk. Upload the file again, or restore a backup.`,
    );
  }
}
