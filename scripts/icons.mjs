// Draws client/icons/icons.svg, one sheet of the lucide icons (ISC licence) that the interface uses.
// Run `node scripts/icons.mjs` after changing the list; the sheet is checked in.
import { readFileSync, writeFileSync } from 'node:fs';

const lucide = new URL('../node_modules/lucide-static/icons/', import.meta.url);
const sheet = new URL('../client/icons/icons.svg', import.meta.url);

const NAMES = `
  folder folder-tree folder-clock gauge database layers timer waypoints cookie users file-text file image ban
  search plus minus x check chevron-down chevron-right chevron-left chevron-up arrow-up arrow-down arrow-right
  pencil scissors copy clipboard trash-2 download upload folder-input refresh-cw rotate-cw undo-2
  circle-check circle-x circle-alert circle-help triangle-alert info lock key-round
  settings sliders-horizontal user user-plus log-out menu ellipsis eye eye-off external-link
  sun moon monitor keyboard wand-sparkles server memory-stick link
`
  .trim()
  .split(/\s+/);

/** What Web Awesome's parts call their own small icons, and ours for each. */
const SYSTEM = {
  xmark: 'x',
  'circle-xmark': 'circle-x',
  indeterminate: 'minus',
  'eye-slash': 'eye-off',
};

const symbols = [
  ...NAMES.map((name) => symbol(name, name)),
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
