import { after } from 'node:test';
import { startMemcached } from '../../e2e/support/memcached.ts';
import { clusterOf } from '../memcache/trial.ts';
import { sessionContract } from './contract.ts';

const server = await startMemcached();
const cluster = clusterOf([server]);
after(async () => {
  await cluster.close();
  await server.kill();
});

sessionContract('in memcached', async () => cluster);
