import { enableCompileCache } from 'node:module';
import { requireNode } from './node-version.ts';

requireNode();
enableCompileCache();

// Loaded after the cache is on, so that a second start compiles nothing; an older Node could not even read it.
const { serve } = await import('./serve.ts');
await serve(process.argv.slice(2), process.env);
