import { MemcacheClient } from 'memcache-client';

export async function connect(address) {
  const client = new MemcacheClient({ server: address });
  return { get: (key) => client.get(key), close: () => client.shutdown() };
}
