/** What this browser remembers for its user. Where storage is refused, a choice holds until the page is left. */
export function readPreference(name: string): string | undefined {
  try {
    return localStorage.getItem(`trellis.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function writePreference(name: string, value: string): void {
  try {
    localStorage.setItem(`trellis.${name}`, value);
  } catch {
    // Storage is refused or full: nothing is remembered, nothing else is lost.
  }
}
