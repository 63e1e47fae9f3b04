import memjs from 'memjs';

export async function connect(address) {
  const client = memjs.Client.create(address, { retries: 1, failover: false, logger: { log() {} } });
  return { get: (key) => client.get(key), close: () => client.close() };
}
