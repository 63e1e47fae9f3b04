import { readFile } from 'node:fs/promises';

/** A piece of code in a document: "```js countdown/index.js" says its language and its file. */
export interface CodeBlock {
  readonly language: string;
  readonly file: string;
  readonly text: string;
}

/** The pieces of code of a document that name a file, in their order. */
export async function codeBlocksOf(document: URL): Promise<readonly CodeBlock[]> {
  const text = await readFile(document, 'utf8');
  const blocks = text.matchAll(/^```(\w+) (\S+)\n(.*?)^```$/gms);
  return Array.from(blocks, ([, language = '', file = '', code = '']) => ({ language, file, text: code }));
}

/** Makes the change that a "diff" block shows, where its other lines stand. */
export function patched(text: string, diff: string): string {
  const lines = diff.trimEnd().split('\n');
  const from = lines.filter((line) => !line.startsWith('+')).map((line) => line.slice(1));
  const to = lines.filter((line) => !line.startsWith('-')).map((line) => line.slice(1));
  const parts = text.split(from.join('\n'));
  if (parts.length !== 2)
    throw new Error(`These lines stand ${parts.length - 1} times in the file:\n${from.join('\n')}`);
  return parts.join(to.join('\n'));
}
