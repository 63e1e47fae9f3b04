/** What the keys of secrets have in them. */
export const SECRET_WORDS: readonly string[] = ['passw', 'secret', 'token', 'authorization', 'cookie', 'csrf'];

/** Whether a key speaks of a secret, so that its value is not shown. */
export function isSecretKey(key: string): boolean {
  const lower = key.toLowerCase();
  return SECRET_WORDS.some((word) => lower.includes(word));
}

/** What stands in a secret value's place. */
export const OBSCURED = '<obscured>';
