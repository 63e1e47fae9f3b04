import { composed } from './composed.ts';

const SHORTEST = 8;
const LONGEST = 128;

export const PASSWORD_RULES = `${SHORTEST} to ${LONGEST} characters, and none of the passwords that are guessed first. Length is worth more than signs.`;

/** Why a password of this length is refused, as a sentence. */
export function lengthProblem(password: string): string | undefined {
  const length = [...composed(password)].length;
  if (length < SHORTEST) return `The password is ${length} characters long. At least ${SHORTEST} are needed.`;
  if (length > LONGEST) return `The password is ${length} characters long. At most ${LONGEST} are allowed.`;
  return undefined;
}
