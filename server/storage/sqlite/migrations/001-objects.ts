import type { Migration } from './migration.ts';

/**
 * Every state is a row of `revisions`, written once. `objects` says which of them is the newest and holds what listings
 * are sorted and filtered by, so that any page of any folder is one walk along an index.
 */
export const objects: Migration = {
  name: '001-objects',
  sql: `
    CREATE TABLE transactions (
      serial INTEGER PRIMARY KEY,
      time INTEGER NOT NULL,
      user TEXT,
      description TEXT NOT NULL
    ) STRICT;

    -- The whole state as JSON; null for a deletion.
    CREATE TABLE revisions (
      serial INTEGER NOT NULL REFERENCES transactions (serial),
      oid INTEGER NOT NULL,
      parent INTEGER,
      state TEXT,
      PRIMARY KEY (serial, oid)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX revisions_of_object ON revisions (oid, serial);

    CREATE TABLE objects (
      oid INTEGER PRIMARY KEY,
      serial INTEGER NOT NULL,
      parent INTEGER REFERENCES objects (oid) DEFERRABLE INITIALLY DEFERRED,
      id TEXT NOT NULL,
      id_key TEXT NOT NULL,
      title_key TEXT NOT NULL,
      type TEXT NOT NULL,
      type_key TEXT NOT NULL,
      size INTEGER NOT NULL,
      modified INTEGER NOT NULL,
      child_count INTEGER NOT NULL DEFAULT 0 CHECK (child_count >= 0),
      FOREIGN KEY (serial, oid) REFERENCES revisions (serial, oid)
    ) STRICT;
    CREATE UNIQUE INDEX one_root ON objects ((parent IS NULL)) WHERE parent IS NULL;
    CREATE UNIQUE INDEX child_of ON objects (parent, id);
    CREATE INDEX children_by_id ON objects (parent, id_key, id);
    CREATE INDEX children_by_title ON objects (parent, title_key, id_key, id);
    CREATE INDEX children_by_type ON objects (parent, type, id_key, id);
    CREATE INDEX children_by_size ON objects (parent, child_count, size, id_key, id);
    CREATE INDEX children_by_modified ON objects (parent, modified, id_key, id);
    CREATE INDEX objects_by_id ON objects (id_key, id);
    CREATE INDEX objects_by_type ON objects (type);

    CREATE TABLE links (
      oid INTEGER NOT NULL REFERENCES objects (oid) ON DELETE CASCADE,
      property TEXT NOT NULL,
      path TEXT NOT NULL,
      PRIMARY KEY (oid, property, path)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX links_to ON links (path);

    CREATE TABLE entries (
      name TEXT NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      expires INTEGER,
      PRIMARY KEY (name, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX entries_that_expire ON entries (expires) WHERE expires IS NOT NULL;
  `,
};
