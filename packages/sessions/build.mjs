// What `npm pack` does first: makes `dist` from the sources of the server, and the entries that an application imports.
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { projectEnvironment } from '../../scripts/setup.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const ENTRIES = ['koa', 'koa-session', 'express-session'];

rmSync(here('dist'), { recursive: true, force: true });
node(here('../../node_modules/typescript/bin/tsc'), '-p', here('tsconfig.json'));
copyFileSync(here('../../LICENSE'), here('LICENSE'));
copyFileSync(here('node-version.cjs'), here('dist/node-version.cjs'));
for (const name of ENTRIES) writeEntry(name);

// An entry is CommonJS underneath: it says what Node is needed before anything is read that an older one cannot read.
function writeEntry(name) {
  const module = `./server/adapters/${name}.js`;
  const names = node('-p', `Object.keys(require(${JSON.stringify(here(`dist/${module}`))})).join(', ')`).trim();
  const files = {
    cjs: `require('./node-version.cjs');\nmodule.exports = require('${module}');\n`,
    js: `import all from './${name}.cjs';\nexport const { ${names} } = all;\n`,
    'd.ts': `export * from '${module}';\n`,
    'd.cts': `export * from '${module}';\n`,
  };
  for (const [extension, text] of Object.entries(files)) writeFileSync(here(`dist/${name}.${extension}`), text);
}

/** What a program says that runs on the Node of the packages: the one that runs this may be too old. */
function node(...args) {
  const { status, stdout } = spawnSync('node', args, {
    env: projectEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  console.error(stdout);
  return process.exit(1);
}
