import { objects } from './001-objects.ts';
import { contents } from './002-contents.ts';
import { smallTables } from './003-small-tables.ts';
import type { Migration } from './migration.ts';

/** In order. The database's version (`user_version`) is how many of them it has been through. */
export const migrations: readonly Migration[] = [objects, contents, smallTables];
