/** Whether something is as it was when it was looked at last. The first look finds no change. */
export class Changes {
  #seen: string | undefined;

  areIn(facts: unknown): boolean {
    const now = JSON.stringify(facts);
    const isNews = this.#seen !== undefined && this.#seen !== now;
    this.#seen = now;
    return isNews;
  }
}
