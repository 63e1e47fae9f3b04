import assert from 'node:assert/strict';
import { startMemcached, type Memcached } from '../../e2e/support/memcached/memcached.ts';
import { parseServers } from './server/addresses.ts';
import { Allowlist } from './server/allowlist.ts';
import { Cluster, type ClusterOptions } from './cluster/cluster.ts';

const { allowlist } = Allowlist.parse();

/** For tests: a cluster over servers (or proxies) of the test's own. */
export function clusterOf(
  servers: readonly { readonly address: string }[],
  options: Partial<ClusterOptions> = {},
): Cluster {
  const { addresses } = parseServers(servers.map((server) => server.address));
  return new Cluster({ addresses, allowlist, timeoutMs: 1_000, ...options });
}

/** For tests: several memcached that end together. */
export async function several(count: number): Promise<{ readonly all: readonly Memcached[] } & AsyncDisposable> {
  const all = await Promise.all(Array.from({ length: count }, () => startMemcached()));
  return { all, [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((server) => server.kill()))) };
}

/** For tests: what a promise rejects with, and after how long. */
export async function failure(promise: Promise<unknown>): Promise<{ error: Error; ms: number }> {
  const begun = performance.now();
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Error);
    return { error, ms: performance.now() - begun };
  }
  return assert.fail('it did not fail');
}
