import { LocalStore } from '../memcache/local-store.ts';
import { sessionContract } from './contract.ts';

sessionContract('in process memory', async () => new LocalStore());
