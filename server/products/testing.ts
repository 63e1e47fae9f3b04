import { shareInterface } from './loading.ts';

/** What the tests of a product are made of, imported by them as 'trellis/product/testing'. */
export { storeContract } from '../memcache/contract.ts';
export { testType } from '../../e2e/support/test-type.ts';

// The product's own modules are loaded after this one, as `await import('./store.ts')`, and so share our classes.
shareInterface();
