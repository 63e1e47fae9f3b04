/** What the keys of secrets have in them. */
const OURS: readonly string[] = ['passw', 'secret', 'token', 'authorization', 'cookie', 'csrf'];

/** Those of whoever runs this process. What was a secret once stays one. */
const further = new Set<string>();

/** Whatever has one of these in its key is obscured from now on: in the interface, its API, and the log. */
export function addSecretWords(words: readonly string[]): void {
  for (const word of words) further.add(word.toLowerCase());
}

/** Whether a key speaks of a secret, so that its value is not shown. */
export function isSecretKey(key: string): boolean {
  const lower = key.toLowerCase();
  return OURS.some((word) => lower.includes(word)) || further.values().some((word) => lower.includes(word));
}
