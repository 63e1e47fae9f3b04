import type { Database } from 'better-sqlite3';

/** Each setting with what reading it back must give. What a driver or a build leaves out would go unnoticed otherwise. */
const PRAGMAS: readonly (readonly [name: string, value: string, readBack: string | number])[] = [
  ['busy_timeout', '0', 0],
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', 'FULL', 2],
  ['foreign_keys', 'ON', 1],
  ['trusted_schema', 'OFF', 0],
  ['cell_size_check', 'ON', 1],
  ['journal_size_limit', String(64 * 1024 * 1024), 64 * 1024 * 1024],
];

export function setPragmas(database: Database): void {
  for (const [name, value] of PRAGMAS) database.pragma(`${name} = ${value}`);
  checkPragmas(database);
}

export function checkPragmas(database: Database): void {
  for (const [name, , expected] of PRAGMAS) {
    const actual: unknown = database.pragma(name, { simple: true });
    if (actual !== expected) throw new Error(`SQLite's ${name} is ${String(actual)} and must be ${expected}.`);
  }
}
