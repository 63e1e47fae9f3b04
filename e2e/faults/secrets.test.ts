import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { several, sized, times } from '../support/figures.ts';
import { startMemcached } from '../support/memcached/memcached.ts';
import type { TestServer } from '../support/server.ts';
import { startSite, startSteppedServer } from '../support/sessions-site.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { resultOf, Visitor, type Answer } from '../support/applications/visitor.ts';

const PEOPLE = sized(50, 500);
const PER_SECOND = sized(100, 500);
const LEAST_MS = sized(0, 30_000);

/** Two processes on one data folder, each of which can be started again with other secrets. */
class Pair implements AsyncDisposable {
  readonly servers: TestServer[] = [];
  readonly #data: string;

  constructor(data: string) {
    this.#data = data;
  }

  async begin(servers: readonly string[], secrets: string): Promise<void> {
    const options = this.#options(secrets);
    this.servers.push(await startSite({ servers }, options), await startSteppedServer(options));
  }

  /** One after the other, so that one of them always answers. */
  async restartWith(...secrets: readonly string[]): Promise<void> {
    for (const index of this.servers.keys()) {
      assert.equal(await this.servers[index]!.stop(), 0);
      this.servers[index] = await startSteppedServer(this.#options(secrets.join(',')));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  #options(secrets: string) {
    return { data: this.#data, environment: { TRELLIS_SECRETS: secrets } };
  }
}

test('the secret is changed under load, process by process, and nobody is logged out; old cookies end with the old one', async (t) => {
  await using memcached = await startMemcached();
  await using folder = await temporaryFolder();
  await using pair = new Pair(folder.path);
  const [old, young] = [newSecret(), newSecret()];
  await pair.begin([memcached.address], old);
  const people = Array.from({ length: PEOPLE }, () => new Visitor(pair.servers[0]!));
  await several(PEOPLE, 8, async (me) => {
    assert.equal((await people[me]!.visit('/page', `set me ${me}`)).status, 200);
  });

  const load = startLoad(people, pair);
  await pair.restartWith(old, young);
  await pair.restartWith(young, old);
  const { took, loggedOut, refused } = await load.stop();
  await pair.restartWith(young);
  let accepted = 0;
  await several(PEOPLE, 8, async (me) => {
    if (resultOf(await people[me]!.copy(pair.servers[me % 2]).visit('/page', 'get me')) !== null) accepted += 1;
  });
  t.diagnostic(
    `${took.length} requests while 2 processes changed the secret twice: ${loggedOut} logged out, ${refused} refused; ${times(took)}`,
  );
  t.diagnostic(`${PEOPLE} cookies signed with the secret that was dropped: ${accepted} accepted`);
  assert.ok(took.length > PEOPLE, `only ${took.length} requests`);
  assert.deepEqual({ loggedOut, refused, accepted }, { loggedOut: 0, refused: 0, accepted: 0 });
});

/** Reads and changes sessions, so many a second, at whichever process answers. */
function startLoad(people: readonly Visitor[], pair: Pair) {
  const took: number[] = [];
  const running = new Set<Promise<void>>();
  const began = performance.now();
  let loggedOut = 0;
  let refused = 0;
  let turn = 0;
  const visit = async () => {
    const me = turn++ % people.length;
    const answer = await askEither(people[me]!, pair, turn);
    if (answer?.status !== 200) refused += 1;
    else if (resultOf(answer) !== me) loggedOut += 1;
    if (answer !== undefined) took.push(answer.tookMs);
  };
  const timer = setInterval(() => {
    const work = visit().finally(() => running.delete(work));
    running.add(work);
  }, 1000 / PER_SECOND);
  return {
    async stop() {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + LEAST_MS - performance.now())));
      clearInterval(timer);
      await Promise.all(running);
      return { took, loggedOut, refused };
    },
  };
}

/** As a balancer does: a process that is being started again is passed over. */
async function askEither(visitor: Visitor, { servers }: Pair, turn: number): Promise<Answer | undefined> {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const server = servers[(turn + attempt) % servers.length]!;
    const answer = await visitor
      .copy(server)
      .visit('/page', 'get me', `set turn ${turn}`)
      .catch(() => undefined);
    if (answer?.status === 200) return answer;
  }
  return undefined;
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
