import { wallClock } from '../../base/clock.ts';
import { openTestInstallation, type Answer, type TestInstallation } from '../../testing.ts';
import type { CacheStatisticsMessage, CacheRow } from '../../../schema/endpoints/caches.ts';
import type { SessionsMessage } from '../../../schema/endpoints/sessions.ts';
import { until } from '../../../e2e/support/figures.ts';
import { startMemcached, type Memcached } from '../../../e2e/support/memcached/memcached.ts';

/** What a property does, as somebody sees it who never asks for the property itself. */
export interface Effect {
  /** Puts what the property has an effect on around the object, which is `it` in a folder. */
  readonly around?: (world: World) => Promise<unknown>;
  /** Values that are set one after the other, and what is seen with each of them. */
  readonly values: Pair | ((world: World) => Pair);
  readonly seen: Pair;
  readonly see: (world: World) => Promise<unknown>;
}

type Pair = readonly [unknown, unknown];

export type Effects = Readonly<Record<string, Effect>>;

type Properties = Readonly<Record<string, unknown>>;

const ORIGIN = 'https://shop.example.org';

/** Paths of objects in the folder, as values. */
export function inPlace(...ids: readonly [string, string]): (world: World) => Pair {
  return ({ place }) => [`${place}/${ids[0]}`, `${place}/${ids[1]}`];
}

/** What all effects are tried on: an installation, two memcached servers, and a clock that can be put forward. */
export interface Ground extends AsyncDisposable {
  readonly trellis: TestInstallation;
  readonly memcached: readonly [Memcached, Memcached];
  readonly time: { aheadMs: number };
}

export async function openGround(): Promise<Ground> {
  const time = { aheadMs: 0 };
  const clock = () => wallClock() + time.aheadMs;
  const memcached = await Promise.all([startMemcached(), startMemcached()]);
  const trellis = await openTestInstallation(undefined, '', { TRELLIS_ORIGIN: ORIGIN }, { clock });
  const all = [trellis, ...memcached];
  return {
    trellis,
    memcached,
    time,
    [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((each) => each[Symbol.asyncDispose]()))),
  };
}

let folders = 0;

/** A folder of its own with an object under test and what is around it, and visitors. */
export class World implements AsyncDisposable {
  /** Of the folder. */
  readonly place: string;
  /** Of the object under test. */
  path = '';
  readonly #ground: Ground;
  #pages = 0;
  readonly #further: AsyncDisposable[] = [];

  static async with(ground: Ground, type: string): Promise<World> {
    folders += 1;
    const world = new World(ground, `/place${folders}`);
    await world.add('/', 'Folder', world.place.slice(1));
    const { fixedId = 'it' } = ground.trellis.database.types.find(type) ?? {};
    world.path = await world.add(world.place, type, fixedId);
    return world;
  }

  private constructor(ground: Ground, place: string) {
    this.#ground = ground;
    this.place = place;
  }

  get memcached(): Ground['memcached'] {
    return this.#ground.memcached;
  }

  /** Where its data are. */
  get folder(): string {
    return this.#ground.trellis.folder;
  }

  async add(folder: string, type: string, id: string, properties: Properties = {}): Promise<string> {
    await this.#succeed('POST', `/api${folder}`, { body: { type, id, properties } });
    return folder === '/' ? `/${id}` : `${folder}/${id}`;
  }

  async set(path: string, properties: Properties): Promise<void> {
    await this.#succeed('PATCH', `/api${path}`, { body: { properties } });
  }

  /** Gives the object under test, which is a file, these bytes. */
  async upload(name: string, bytes: Buffer): Promise<void> {
    await this.#succeed('POST', `/api${this.path}/@content?name=${name}`, { bytes });
  }

  nextNumber(): number {
    return (this.#pages += 1);
  }

  /** Ends something with this world. */
  defer(further: AsyncDisposable): void {
    this.#further.push(further);
  }

  get addresses(): readonly [string, string] {
    return [this.memcached[0].address, this.memcached[1].address];
  }

  /** A proxy before one of the two memcached servers. */
  proxy(id: string, which: 0 | 1, properties: Properties = {}): Promise<string> {
    return this.add(this.place, 'MemCache Proxy', id, {
      servers: [this.addresses[which]],
      timeout_ms: 5_000,
      ...properties,
    });
  }

  /** A new page of this text, or of its own id, in the folder of the object. */
  page(text?: string): Promise<string> {
    const id = `page${this.nextNumber()}`;
    return this.add(this.place, 'Page Template', id, { text: text ?? id });
  }

  /** The sessions of this folder are kept in a container. */
  keepSessionsIn(container: string): Promise<string> {
    return this.add(this.place, 'Session Data Manager', 'manager', { container_path: container });
  }

  visit(path: string, cookie?: string): Promise<Answer> {
    return this.#ground.trellis.ask('GET', path, {
      as: null,
      origin: ORIGIN,
      ...(cookie === undefined ? {} : { cookie }),
    });
  }

  /** A new visitor with `n` in the session. Gives what the browser sends from then on, and what is there under `n`. */
  async visitor(text = '{% session n = 1 %}'): Promise<{ readonly cookie: string; read(): Promise<string> }> {
    const { cookies } = await this.visit(await this.page(text));
    const cookie = cookies[0]?.split(';')[0] ?? '';
    const reading = await this.page('{{ session.n }}');
    return { cookie, read: async () => (await this.visit(reading, cookie)).text };
  }

  async sessionsIn(container: string): Promise<SessionsMessage> {
    return (await this.#succeed('GET', `/api${container}/@sessions`)).json<SessionsMessage>();
  }

  /** A page that a cache manager is to keep. */
  async keptPage(manager: string, text?: string): Promise<string> {
    const path = await this.page(text);
    await this.#succeed('POST', `/api${path}/@cache`, { body: { manager } });
    return path;
  }

  /** What the statistics of the cache manager say of a page. */
  async rowOf(path: string): Promise<CacheRow | undefined> {
    const answer = await this.#succeed('GET', `/api${this.path}/@statistics`);
    return answer.json<CacheStatisticsMessage>().rows.find((row) => row.path === path);
  }

  /** Which of the two memcached servers were given new keys meanwhile, and what the keys are. */
  async written(
    work: () => Promise<unknown>,
  ): Promise<{ readonly servers: readonly number[]; readonly keys: readonly string[] }> {
    const before = await this.#keys();
    await work();
    const fresh = async () =>
      (await this.#keys()).map((keys, which) => keys.filter((key) => !before[which]!.includes(key)));
    await until('something is written', async () => (await fresh()).some((keys) => keys.length > 0));
    const keys = await fresh();
    return { servers: [0, 1].filter((which) => keys[which]!.length > 0), keys: keys.flat() };
  }

  passSeconds(seconds: number): void {
    this.#ground.time.aheadMs += seconds * 1000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#further) await each[Symbol.asyncDispose]();
  }

  #keys(): Promise<readonly (readonly string[])[]> {
    return Promise.all(this.memcached.map((server) => server.keys()));
  }

  async #succeed(method: string, path: string, asking: Parameters<TestInstallation['ask']>[2] = {}): Promise<Answer> {
    const answer = await this.#ground.trellis.ask(method, path, asking);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer;
  }
}
