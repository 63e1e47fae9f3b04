import Database from 'better-sqlite3';
import { setPragmas } from '../server/storage/sqlite/pragmas.ts';

/** The least that a durable write and a read can cost: one row of JSON, the same settings, nothing else. */
export function bareSqlite(file: string) {
  const database = new Database(file, { timeout: 0 });
  setPragmas(database);
  database.exec('CREATE TABLE floor (oid INTEGER PRIMARY KEY, state TEXT NOT NULL)');
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const put = database.prepare('INSERT OR REPLACE INTO floor VALUES (?, ?)');
  const get = database.prepare<[number], string>('SELECT state FROM floor WHERE oid = ?').pluck();
  return {
    write(oid: number, state: string): void {
      begin.run();
      put.run(oid, state);
      commit.run();
    },
    read(oid: number): unknown {
      return JSON.parse(get.get(oid) ?? 'null');
    },
    close: () => database.close(),
  };
}
