import { readFileSync } from 'node:fs';

/** Ends a process whose Node is older than the program needs, with a sentence in place of what it cannot read. */
export function requireNode(): void {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { engines } = JSON.parse(manifest) as { engines: { node: string } };
  const own = process.versions.node;
  const [major = 0, minor = 0] = numbersIn(engines.node);
  const [ownMajor = 0, ownMinor = 0] = numbersIn(own);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  console.error(
    `Trellis needs Node ${major}.${minor} or newer; this is Node ${own}. Use node_modules/.bin/node, as npm start does.`,
  );
  process.exit(1);
}

function numbersIn(version: string): readonly number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}
