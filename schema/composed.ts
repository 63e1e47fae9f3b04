const LONGEST_COMPOSED = 1000;

/**
 * The text in Unicode's composed form, so that it does not matter how a keyboard sends an accented letter. What is longer
 * than any name or password stays as it is: composing takes time by the square of the length.
 */
export function composed(text: string): string {
  return text.length > LONGEST_COMPOSED ? text : text.normalize('NFC');
}
