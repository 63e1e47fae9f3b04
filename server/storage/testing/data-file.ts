import { join } from 'node:path';
import Database from 'better-sqlite3';
import { FILE_NAME } from '../sqlite/data-file.ts';

/** What a data folder has its tree in. */
export const DATA_FILE = FILE_NAME;

/** Another program that has the data file of a folder open. */
export interface OtherProgram extends Disposable {
  /** Nobody else can write until it is let go. */
  hold(): void;
  letGo(): void;
  /** From now on every commit passes its checks, and is refused at its very end, with COMMIT_REFUSED as its code. */
  refuseCommits(): void;
  allowCommits(): void;
}

export const COMMIT_REFUSED = 'SQLITE_CONSTRAINT_FOREIGNKEY';

// It breaks a rule that SQLite looks at in COMMIT alone.
const REFUSE = `
  CREATE TABLE none (id INTEGER PRIMARY KEY);
  CREATE TABLE late (id INTEGER REFERENCES none (id) DEFERRABLE INITIALLY DEFERRED);
  CREATE TRIGGER refused AFTER INSERT ON transactions BEGIN INSERT INTO late VALUES (1); END`;

export function otherProgramIn(folder: string): OtherProgram {
  const database = new Database(join(folder, FILE_NAME), { timeout: 0 });
  return {
    hold: () => void database.exec('BEGIN IMMEDIATE'),
    letGo: () => void database.exec('COMMIT'),
    refuseCommits: () => void database.exec(REFUSE),
    allowCommits: () => void database.exec('DROP TRIGGER refused'),
    [Symbol.dispose]: () => void database.close(),
  };
}

const WITHOUT_SMALL_TABLES = `
  DROP TRIGGER small_entry_set; DROP TRIGGER small_entry_deleted; DROP TABLE small_changes; DROP TABLE small_tables`;

/** Copies a data file into another folder, as a Trellis of another version would have left it. */
export async function copyAsOfVersion(version: number, from: string, into: string): Promise<void> {
  const file = join(into, FILE_NAME);
  const there = new Database(join(from, FILE_NAME));
  await there.backup(file);
  there.close();
  const made = new Database(file);
  if (version < 3) made.exec(WITHOUT_SMALL_TABLES);
  if (version === 1) made.exec('DROP TABLE slices; DROP TABLE contents');
  made.pragma(`user_version = ${version}`);
  made.close();
}
