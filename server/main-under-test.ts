import { readConfig } from './config.ts';
import { serve } from './serve.ts';
import { addressUnderTest } from './storage/testing/under-test.ts';

/** What server/main.ts does, on the storage that the tests are run on. */
await serve(() => {
  const config = readConfig(process.argv.slice(2), process.env);
  return { ...config, storage: addressUnderTest(config.storage, config.dataFolder) };
});
