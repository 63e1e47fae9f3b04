import { hash } from 'node:crypto';

/** A name for these texts in this order, such as no other texts have: each is preceded by its length, then all are hashed. */
export function keyOf(...texts: readonly string[]): string {
  return hash('sha256', texts.map((text) => `${text.length}:${text}`).join(''), 'base64url');
}
