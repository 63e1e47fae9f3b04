import { Memcache } from 'memcache';

export async function connect(address) {
  const client = new Memcache(address);
  return { get: (key) => client.get(key), close: () => client.quit() };
}
