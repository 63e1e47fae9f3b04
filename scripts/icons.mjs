// Draws client/icons/icons.svg, one sheet of the lucide icons (ISC licence) that the interface uses.
// Run `node scripts/icons.mjs` after changing the list, schema/icons.ts; the sheet is checked in.
import { readFileSync, writeFileSync } from 'node:fs';
import { ICONS } from '../schema/icons.ts';

const lucide = new URL('../node_modules/lucide-static/icons/', import.meta.url);
const sheet = new URL('../client/icons/icons.svg', import.meta.url);

/** What Web Awesome's parts call their own small icons, and ours for each. */
const SYSTEM = {
  xmark: 'x',
  'circle-xmark': 'circle-x',
  indeterminate: 'minus',
  'eye-slash': 'eye-off',
};

const symbols = [
  ...ICONS.map((name) => symbol(name, name)),
  ...Object.entries(SYSTEM).map(([theirs, ours]) => symbol(theirs, ours)),
];
writeFileSync(
  sheet,
  `<svg xmlns="http://www.w3.org/2000/svg">\n<!-- lucide, ISC licence, https://lucide.dev -->\n${symbols.join('\n')}\n</svg>\n`,
);

function symbol(id, name) {
  const source = readFileSync(new URL(`${name}.svg`, lucide), 'utf8');
  const inside = /<svg[^>]*>(.*)<\/svg>/s.exec(source)[1];
  const shapes = inside.replaceAll(/\s*\n\s*/g, '').replaceAll(' />', '/>');
  return `<symbol id="${id}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
}
