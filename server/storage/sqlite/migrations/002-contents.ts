import type { Migration } from './migration.ts';

/** The bytes of files, by their hash, in slices of one size, so that none of them takes a long transaction. */
export const contents: Migration = {
  name: '002-contents',
  sql: `
    CREATE TABLE contents (
      hash TEXT PRIMARY KEY,
      size INTEGER NOT NULL,
      is_whole INTEGER NOT NULL DEFAULT 0,
      -- Until when it waits for a revision that names it; null from then on.
      staged_until INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX contents_staged ON contents (staged_until) WHERE staged_until IS NOT NULL;

    CREATE TABLE slices (
      hash TEXT NOT NULL REFERENCES contents (hash),
      number INTEGER NOT NULL,
      bytes BLOB NOT NULL,
      UNIQUE (hash, number)
    ) STRICT;
  `,
};
