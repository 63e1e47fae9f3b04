import { enableCompileCache } from 'node:module';

enableCompileCache();

// Loaded after the cache is on, so that a second start compiles nothing.
const { serve } = await import('./serve.ts');
await serve(process.argv.slice(2), process.env);
