const ports = new Set<number>();

/** Says that a test is done with a server: what pages that are still open say of its end is no fault. */
export function putAway(port: number): void {
  ports.add(port);
}

/** Whether a page is of a server that its test is done with. */
export function isPutAway(page: string | undefined): boolean {
  return page !== undefined && URL.canParse(page) && ports.has(Number(new URL(page).port));
}
