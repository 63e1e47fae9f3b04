import Memcached from 'memcached';
import { promisify } from 'node:util';

export async function connect(address) {
  const client = new Memcached(address);
  return { get: promisify(client.get).bind(client), close: () => client.end() };
}
