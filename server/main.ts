import { enableCompileCache } from 'node:module';
import { requireNode } from './node-version.ts';

requireNode();
enableCompileCache();

// Loaded after the cache is on, so that a second start compiles nothing; an older Node could not even read it.
const [{ serve }, { readConfig }] = await Promise.all([import('./serve.ts'), import('./config.ts')]);
await serve(() => readConfig(process.argv.slice(2), process.env));
