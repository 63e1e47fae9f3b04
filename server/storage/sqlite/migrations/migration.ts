/** One step from one version of the database to the next: one transaction, never edited after a release. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}
