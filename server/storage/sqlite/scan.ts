import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Unavailable } from '../../base/errors.ts';
import { Gate } from '../../base/gate.ts';
import { whenFree } from './busy.ts';
import { setPragmas } from './pragmas.ts';
import { Reader } from './reader.ts';
import type { ChildPage, ChildQuery } from '../storage.ts';

const TURN_MS = 5;

/** Filters of large folders: on connections of their own, whose snapshot outlives a turn of the event loop. */
export class Scanner {
  readonly #file: string;
  readonly #gate = new Gate(4, 100, tooMany);
  #isClosed = false;

  constructor(file: string) {
    this.#file = file;
  }

  children(parent: number, query: ChildQuery, asOf: number): Promise<ChildPage> {
    return this.#gate.pass(async () => {
      const database = await whenFree(() => this.#open());
      try {
        return await this.#filter(database, parent, query, asOf);
      } finally {
        database.close();
      }
    });
  }

  close(): void {
    this.#isClosed = true;
  }

  #open(): Database.Database {
    const database = new Database(this.#file, { readonly: true, fileMustExist: true, timeout: 0 });
    try {
      setPragmas(database);
      database.exec('BEGIN');
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  async #filter(database: Database.Database, parent: number, query: ChildQuery, asOf: number): Promise<ChildPage> {
    const reader = new Reader(database);
    const past = reader.asOf(asOf, (found) => found);
    const oids: number[] = [];
    let turnEnds = performance.now() + TURN_MS;
    for (const oid of reader.listing.matching(parent, query, past)) {
      if (oid !== null) oids.push(oid);
      if (performance.now() < turnEnds) continue;
      await this.#nextTurn();
      turnEnds = performance.now() + TURN_MS;
    }
    return reader.listing.pageOfMatches(parent, query, oids, past);
  }

  async #nextTurn(): Promise<void> {
    await nextTurn();
    if (this.#isClosed) throw new Error('The storage was closed during a search.');
  }
}

function tooMany(): Unavailable {
  return new Unavailable('Too many searches at once. Try again.', { audience: 'anybody' });
}
