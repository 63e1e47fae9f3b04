import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';

const CONTENTS = "SELECT count(*) FROM sqlite_schema WHERE name = 'contents'";
const WHOLE = 'SELECT hash, size FROM contents WHERE is_whole = 1 ORDER BY hash';
const SLICES = 'SELECT bytes FROM slices WHERE hash = ? ORDER BY number';
const PATH = `
  WITH RECURSIVE way (oid, parent, path) AS (
    SELECT o.oid, o.parent, o.id FROM objects AS o JOIN revisions AS r USING (serial, oid)
    WHERE json_extract(r.state, '$.content.hash') = ?
    UNION ALL SELECT o.oid, o.parent, o.id || '/' || way.path FROM way JOIN objects AS o ON o.oid = way.parent
  )
  SELECT path FROM way WHERE parent IS NULL LIMIT 1`;

/** The hashes of blobs whose bytes are not those that were stored. Reads all of them: for a process that does nothing else. */
export function damagedBlobs(database: Database): readonly string[] {
  // There are none in a database of the first version.
  if (database.prepare(CONTENTS).pluck().get() === 0) return [];
  const slices = database.prepare<[string], Buffer>(SLICES).pluck();
  const isWhole = ({ hash, size }: { hash: string; size: number }) => {
    const found = createHash('sha256');
    let bytes = 0;
    for (const slice of slices.iterate(hash)) {
      found.update(slice);
      bytes += slice.length;
    }
    return bytes === size && found.digest('base64url') === hash;
  };
  const blobs = database.prepare<[], { hash: string; size: number }>(WHOLE).all();
  return blobs.filter((blob) => !isWhole(blob)).map(({ hash }) => hash);
}

/** The path of an object that has this content now. */
export function pathOf(database: Database, hash: string): string | undefined {
  return database.prepare<[string], string>(PATH).pluck().get(hash);
}
