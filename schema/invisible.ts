/**
 * Characters that are not seen, or that turn the direction of those around them: control characters, soft hyphens, what has
 * no width or no ink, what turns, joins, varies or tags. What joins emoji to one, or varies what is seen, is seen by that:
 * U+FE0F an emoji, U+E0100 and on an ideograph, as Japanese names have it.
 */
const INVISIBLE =
  /\u034f|\u17b4|\u17b5|\u180b|\u180c|\u180d|\u180f|[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]|(?<!\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?)\u200d|\u200d(?!\p{Extended_Pictographic})|(?<![\p{Emoji}\p{S}\p{Lo}])[\ufe00-\ufe0f]|(?<!\p{Ideographic})[\u{e0100}-\u{e01ef}]/u;

/** In a name also what prose has a use for: blanks of other widths, and what varies a sign. With them, two that look alike are not. */
const INVISIBLE_IN_NAMES = new RegExp(`(?! )\\p{Zs}|[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]|${INVISIBLE.source}`, 'u');

/** In lines what parts them is seen, and a tab. */
const INVISIBLE_IN_LINES = new RegExp(`(?!\\t|\\r?\\n)(?:${INVISIBLE.source})`, 'u');

/** What a name may not have, for a regular expression of one's own, with the flag u. */
export const INVISIBLE_SOURCE = INVISIBLE_IN_NAMES.source;

/** Why an object or a user may not have a name with such a character, as a sentence. */
export function hiddenProblem(what: 'id' | 'username', name: string): string | undefined {
  const [found] = INVISIBLE_IN_NAMES.exec(name) ?? [];
  if (found === undefined) return undefined;
  return `The ${what} "${visible(name)}" contains ${codeOf(found)}, which is not seen or turns other characters. Leave it out.`;
}

/** Prose in pieces: what is seen as it is, and of the rest each character's code. */
export function piecesOf(text: string): readonly Piece[] {
  return split(text, INVISIBLE);
}

/** A name, or another value that is quoted, in which nothing is hidden: "a[U+202E]gnp". */
export function visible(name: string): string {
  return withCodes(split(name, INVISIBLE_IN_NAMES));
}

/** The same for prose of a sentence or several lines. */
export function visibleLines(text: string): string {
  return withCodes(split(text, INVISIBLE_IN_LINES));
}

interface Piece {
  readonly text: string;
  readonly isCode: boolean;
}

function split(text: string, hidden: RegExp): readonly Piece[] {
  return text
    .split(new RegExp(`(${hidden.source})`, 'u'))
    .map((piece, index) => (index % 2 === 1 ? { text: codeOf(piece), isCode: true } : { text: piece, isCode: false }))
    .filter((piece) => piece.text !== '');
}

function withCodes(pieces: readonly Piece[]): string {
  return pieces.map(({ text, isCode }) => (isCode ? `[${text}]` : text)).join('');
}

function codeOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
