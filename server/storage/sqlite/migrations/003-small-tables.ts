import type { Migration } from './migration.ts';

/**
 * What changed in tables that processes have in memory, in order, so that each reads of them what it does not know.
 * Programs that know nothing of it write it, too. Whoever lacks more than the last 10,000 changes reads them whole.
 */
export const smallTables: Migration = {
  name: '003-small-tables',
  sql: `
    CREATE TABLE small_tables (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

    CREATE TABLE small_changes (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      key TEXT NOT NULL
    ) STRICT;

    -- An entry is changed by being replaced, which SQLite tells of as of a new one.
    CREATE TRIGGER small_entry_set AFTER INSERT ON entries
    WHEN NEW.name IN (SELECT name FROM small_tables)
    BEGIN
      INSERT INTO small_changes (name, key) VALUES (NEW.name, NEW.key);
      DELETE FROM small_changes WHERE number <= (SELECT max(number) FROM small_changes) - 10000;
    END;

    CREATE TRIGGER small_entry_deleted AFTER DELETE ON entries
    WHEN OLD.name IN (SELECT name FROM small_tables)
    BEGIN
      INSERT INTO small_changes (name, key) VALUES (OLD.name, OLD.key);
      DELETE FROM small_changes WHERE number <= (SELECT max(number) FROM small_changes) - 10000;
    END;
  `,
};
