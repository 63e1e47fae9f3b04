import { readConfig } from '../../server/config.ts';
import { serve } from '../../server/serve.ts';
import { addressUnderTest } from '../../server/storage/testing/under-test.ts';

/** What server/main.ts does, on the storage that the tests are run on. */
await serve(() => {
  const config = readConfig(process.argv.slice(2), process.env);
  return { ...config, storage: addressUnderTest(config.storage, config.dataFolder) };
});
