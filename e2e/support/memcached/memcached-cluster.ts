import assert from 'node:assert/strict';
import { startMemcached, type Memcached } from './memcached.ts';

/** Several real memcached servers, each of which can be killed, frozen and brought back. Faults are proved as they are made. */
export class MemcachedCluster implements AsyncDisposable {
  readonly #servers: Memcached[];

  static async start(count: number): Promise<MemcachedCluster> {
    return new MemcachedCluster(await Promise.all(Array.from({ length: count }, () => startMemcached())));
  }

  constructor(servers: readonly Memcached[]) {
    this.#servers = [...servers];
  }

  get addresses(): readonly string[] {
    return this.#servers.map(({ address }) => address);
  }

  get all(): readonly Memcached[] {
    return this.#servers;
  }

  server(index: number): Memcached {
    const server = this.#servers[index];
    if (server === undefined) throw new RangeError(`There is no server ${index}.`);
    return server;
  }

  /** SIGKILL; the port then refuses. */
  async kill(...indexes: readonly number[]): Promise<void> {
    await Promise.all(indexes.map((index) => this.server(index).kill()));
    for (const index of indexes) await assert.rejects(this.server(index).ask('version'), { code: 'ECONNREFUSED' });
  }

  async killAll(): Promise<void> {
    await this.kill(...this.#servers.keys());
  }

  /** Starts a killed server again, empty, on the port that it had. */
  async bringBack(...indexes: readonly number[]): Promise<void> {
    const back = async (index: number) => {
      this.#servers[index] = await startMemcached({ port: this.server(index).port });
    };
    await Promise.all(indexes.map(back));
  }

  async bringAllBack(): Promise<void> {
    await this.bringBack(...this.#servers.keys());
  }

  /** SIGSTOP; the server stands. */
  async freeze(index: number): Promise<void> {
    await this.server(index).stop();
  }

  /** SIGCONT; the server answers again. */
  async wake(index: number): Promise<void> {
    this.server(index).resume();
    assert.match((await this.server(index).ask('version')).join(), /^VERSION /);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.kill()));
  }
}
