import Database from 'better-sqlite3';
import { ConflictError, DiskFull, Problem, StorageUnreachable, Unavailable } from '../../base/errors.ts';

/** What SQLite refused, in our words; any other error as it is. */
export function asProblem(cause: unknown): unknown {
  if (!(cause instanceof Database.SqliteError)) return cause;
  const { code } = cause;
  if (/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|FOREIGNKEY|ROWID)$/.test(code))
    return new ConflictError(undefined, { cause });
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return databaseLocked(cause);
  // Room for what readers share beside the file is asked of the disk, too; a quota or limit is only a write that is refused.
  if (/^SQLITE_(FULL|IOERR_SHMSIZE|IOERR_WRITE)$/.test(code)) return new DiskFull(cause, code === 'SQLITE_IOERR_WRITE');
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return damaged(cause);
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code)) return outOfReach(cause);
  return cause;
}

export function databaseLocked(cause?: Error): Unavailable {
  const detail =
    'Another program holds the database locked: nothing was changed. Try again; if it stays so, end that program.';
  return new Unavailable(detail, { cause, audience: 'anybody' });
}

/** What is stored as JSON, and named for whoever has to find it: `The state of object 7`. */
export function parseStored(json: string, what: () => string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw damaged(cause as Error, `${what()} in the database is damaged`);
  }
}

function damaged(cause: Error, what = 'The database file is damaged'): Problem {
  const detail = `${what}. Stop the server and restore a backup.`;
  return new Problem(500, 'storage-damaged', detail, { cause, audience: 'anybody' });
}

/** Also where it is there and may not be looked at. */
export function outOfReach(cause: unknown): StorageUnreachable {
  return new StorageUnreachable('The database file', cause);
}
