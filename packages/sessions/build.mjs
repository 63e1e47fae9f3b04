// What `npm pack` does first: makes `dist` from the sources of the server, and the entries that an application imports.
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const ENTRIES = ['koa', 'koa-session', 'express-session'];

rmSync(here('dist'), { recursive: true, force: true });
const tsc = here('../../node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', here('tsconfig.json')], { stdio: 'inherit' });
if (status !== 0) process.exit(1);
copyFileSync(here('../../LICENSE'), here('LICENSE'));
copyFileSync(here('node-version.cjs'), here('dist/node-version.cjs'));
for (const name of ENTRIES) await writeEntry(name);

// An entry is CommonJS underneath: it says what Node is needed before anything is read that an older one cannot read.
async function writeEntry(name) {
  const module = `./server/adapters/${name}.js`;
  const names = Object.keys(await import(here(`dist/${module}`)));
  const files = {
    cjs: `require('./node-version.cjs');\nmodule.exports = require('${module}');\n`,
    js: `import all from './${name}.cjs';\nexport const { ${names.join(', ')} } = all;\n`,
    'd.ts': `export * from '${module}';\n`,
    'd.cts': `export * from '${module}';\n`,
  };
  for (const [extension, text] of Object.entries(files)) writeFileSync(here(`dist/${name}.${extension}`), text);
}
