/**
 * Characters that are not seen, or that turn the direction of those around them: control characters, soft hyphens, what has
 * no width, what turns, joins or tags. With them, two names that look alike are not. What joins emoji to one is seen by that.
 */
const INVISIBLE =
  /\u034f|\u17b4|\u17b5|\u180b|\u180c|\u180d|\u180f|[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]|(?<!\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?)\u200d|\u200d(?!\p{Extended_Pictographic})/u;

/** The same for a regular expression of one's own, with the flag u. */
export const INVISIBLE_SOURCE = INVISIBLE.source;

/** The first of them in a text, by its code: "U+200B". */
export function invisibleIn(text: string): string | undefined {
  const [found] = INVISIBLE.exec(text) ?? [];
  return found === undefined ? undefined : codeOf(found);
}

/** A text in pieces: what is seen as it is, and of the rest each character's code. */
export function piecesOf(text: string): readonly { readonly text: string; readonly isCode: boolean }[] {
  return text
    .split(new RegExp(`(${INVISIBLE_SOURCE})`, 'u'))
    .map((piece, index) => (index % 2 === 1 ? { text: codeOf(piece), isCode: true } : { text: piece, isCode: false }))
    .filter((piece) => piece.text !== '');
}

/** A text in which nothing is hidden: "a[U+202E]gnp". */
export function visible(text: string): string {
  return piecesOf(text)
    .map((piece) => (piece.isCode ? `[${piece.text}]` : piece.text))
    .join('');
}

function codeOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
