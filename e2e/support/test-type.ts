import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright';
import type {
  ChildrenMessage,
  ConsequencesMessage,
  ObjectMessage,
  TabInfo,
  TypeInfo,
} from '../../schema/endpoints/objects.ts';
import { clientOf, managerOf, type Answer, type Client } from '../http/client.ts';
import { CHROMIUM, hindrancesOn, LOOKS, watch, wear } from './chromium/chromium.ts';
import { until } from './figures.ts';
import { App } from './pages/app.ts';
import { candidatesFor, samplesOf } from './sample-values.ts';
import { basic, startServer, type TestServer } from './server.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

type Values = Readonly<Record<string, readonly unknown[]>>;

/** What the suite has to know of a type beside what the type itself declares. */
export interface Particulars {
  /** The product that brings it, as TRELLIS_PRODUCTS names it; none for the server's own types. */
  readonly product?: string;
  /** Values of properties that are taken; in place of those that their schemas tell of. */
  readonly good?: Values;
  /** Values that are refused; beside those that their schemas tell of. */
  readonly bad?: Values;
  /** Puts what it needs beside it into the folder /zoo, before it is added. */
  readonly prepare?: (manager: Client) => Promise<unknown>;
}

const HOSTILE = `<img src=x onerror="window.hit=1"> "quoted" {{ 7 | times: 7 }}`;
const PASSWORD = 'violets under glass';
const SLOWLY_MS = 30_000;

/** What can be said of every type: adding, changing, renaming, copying, moving, every tab, SIGKILL, deleting, and who may. */
export function testType(type: string, particulars: Particulars = {}): void {
  describe(`the type '${type}'`, { timeout: 180_000 }, () => {
    const zoo = new Zoo(type, particulars);
    before(() => zoo.open());
    after(() => zoo[Symbol.asyncDispose]());

    test('is in the add list, with everything that the list shows', async () => {
      const { info } = zoo;
      for (const text of [info.title, info.description, info.icon, info.group, info.suggestedId]) {
        assert.ok(text !== '', JSON.stringify(info));
      }
      const sheet = await zoo.visitor(await zoo.iconSheet());
      assert.ok(sheet.text.includes(`id="${info.icon}"`), `There is no icon named '${info.icon}'.`);
    });

    test('is added by whoever may, with every property at its default, and by nobody else', async () => {
      const body = { type, id: zoo.info.suggestedId, title: HOSTILE };
      await zoo.refusedToOthers('/api/zoo', { body });
      const added = await zoo.manager('/api/zoo', { body });
      assert.equal(added.status, 201, added.text);
      assert.equal(added.headers['location'], `/api${zoo.path}`);
      const { properties, title, schema, isBroken } = await zoo.look();
      assert.deepEqual([title, isBroken], [HOSTILE, false]);
      for (const [name, field] of Object.entries(schema.properties)) {
        assert.deepEqual(properties[name], field.default, `${name} begins as something else than its default`);
      }
    });

    test('takes every good value of every property, and gives it back', async () => {
      for (const [name, value] of await zoo.good()) {
        const { status, text } = await zoo.change({ [name]: value });
        assert.equal(status, 200, `${name} = ${shown(value)}: ${text}\nName values that it takes, as 'good'.`);
        assert.deepEqual((await zoo.look()).properties[name], value, name);
      }
    });

    test('refuses every bad value in a sentence that names the property, and changes nothing', async () => {
      const before = await zoo.look();
      for (const [name, value] of [...zoo.bad(before), ['no_such_property', 1] as const]) {
        const refused = await zoo.change({ [name]: value });
        assert.equal(refused.status, 422, `${name} = ${shown(value)}: ${refused.text}`);
        const { errors, detail } = refused.json<{ errors: { pointer: string; detail: string }[]; detail: string }>();
        assert.ok(errors.length > 0 && detail.length > 10, refused.text);
        for (const { pointer } of errors) assert.match(pointer, new RegExp(`^/properties/${name}(/|$)`), refused.text);
      }
      const { properties, revision } = await zoo.look();
      assert.deepEqual([properties, revision], [before.properties, before.revision]);
    });

    test('is changed only by whoever may, and from no older revision than the one that is there', async () => {
      const body = { title: 'New' };
      await zoo.refusedToOthers(`/api${zoo.path}`, { method: 'PATCH', body });
      const late = await zoo.manager(`/api${zoo.path}`, { method: 'PATCH', body, headers: { 'if-match': '"0"' } });
      assert.equal(late.status, 412, late.text);
      assert.equal((await zoo.look()).title, HOSTILE);
    });

    test('answers whoever visits its path, and never with a fault', async () => {
      for (const client of [zoo.visitor, zoo.manager]) {
        const { status, text } = await client(zoo.path);
        assert.ok(status < 500 || status === 503, `${status}: ${text}`);
      }
    });

    test('keeps its properties under another name, or says why it cannot have one', async () => {
      const before = await zoo.look();
      const renamed = await zoo.manager('/api/zoo/@rename', { body: { from: before.id, to: 'renamed' } });
      if (renamed.status === 422) return assert.match(renamed.text, /found by its name/);
      assert.equal(renamed.status, 200, renamed.text);
      assert.equal((await zoo.manager(`/api${zoo.path}`)).status, 404);
      const after = (await zoo.manager('/api/zoo/renamed')).json<ObjectMessage>();
      assert.deepEqual([after.properties, after.title], [before.properties, before.title]);
      await zoo.manager('/api/zoo/@rename', { body: { from: 'renamed', to: before.id } });
    });

    test('is copied by whoever may, with its properties, and a copy is an object of its own', async () => {
      const { properties, id } = await zoo.look();
      const body = { paths: [zoo.path] };
      await zoo.manager('/api/', { body: { type: 'Folder', id: 'copies' } });
      await zoo.refusedToOthers('/api/copies/@copy', { body });
      const copied = await zoo.manager('/api/copies/@copy', { body });
      assert.equal(copied.status, 200, copied.text);
      const copy = (await zoo.manager(`/api/copies/${id}`)).json<ObjectMessage>();
      assert.deepEqual([copy.type, copy.title, copy.properties, copy.revision], [type, HOSTILE, properties, 1]);
      await zoo.manager(`/api/copies/${id}`, { method: 'PATCH', body: { title: 'Copy' } });
      assert.equal((await zoo.look()).title, HOSTILE);
      const beside = await zoo.manager('/api/zoo/@copy', { body });
      if (beside.status === 422) assert.match(beside.text, /is already in use/);
      else assert.equal((await zoo.manager(`/api/zoo/copy_of_${id}`)).status, 200, beside.text);
    });

    test('is moved by whoever may, to another folder and back, and stays the same object', async () => {
      const before = await zoo.look();
      const body = { paths: [zoo.path] };
      await zoo.manager('/api/', { body: { type: 'Folder', id: 'elsewhere' } });
      await zoo.refusedToOthers('/api/elsewhere/@move', { body });
      const moved = await zoo.manager('/api/elsewhere/@move', { body });
      assert.equal(moved.status, 200, moved.text);
      assert.equal((await zoo.manager(`/api${zoo.path}`)).status, 404);
      const there = (await zoo.manager(`/api/elsewhere/${before.id}`)).json<ObjectMessage>();
      assert.deepEqual([there.created, there.owner, there.title], [before.created, before.owner, before.title]);
      const back = { paths: [there.path] };
      await zoo.manager('/api/zoo/@move', { body: back });
      const after = await zoo.look();
      assert.deepEqual([after.properties, after.revision], [before.properties, before.revision + 2]);
    });

    test('shows each of its tabs to everybody, in light, in the dark and on a phone, within the policy', async () => {
      for (const tab of (await zoo.look()).tabs) await zoo.openTab(tab);
    });

    test('is the same after the server was killed', async () => {
      const before = await zoo.look();
      await zoo.restart();
      const after = await zoo.look();
      assert.deepEqual(
        [after.properties, after.title, after.revision],
        [before.properties, before.title, before.revision],
      );
    });

    test('is deleted by whoever may, and leaves nothing', async () => {
      await zoo.refusedToOthers(`/api${zoo.path}`, { method: 'DELETE' });
      const { count } = (await zoo.manager(`/api${zoo.path}/@consequences`)).json<ConsequencesMessage>();
      assert.ok(count >= 1);
      const deleted = await zoo.manager(`/api${zoo.path}`, { method: 'DELETE' });
      assert.equal(deleted.status, 204, deleted.text);
      assert.equal((await zoo.manager(`/api${zoo.path}`)).status, 404);
      const { items } = (await zoo.manager('/api/zoo/@children')).json<ChildrenMessage>();
      assert.ok(!items.some(({ path }) => path === zoo.path));
    });
  });
}

/** A server with a folder /zoo, in which one object of the type is. */
class Zoo implements AsyncDisposable {
  readonly #type: string;
  readonly #particulars: Particulars;
  #folder!: TemporaryFolder;
  #server!: TestServer;
  #browser: Browser | undefined;
  #page: Page | undefined;
  readonly #faults: string[] = [];
  info!: TypeInfo;

  constructor(type: string, particulars: Particulars) {
    this.#type = type;
    this.#particulars = particulars;
  }

  async open(): Promise<void> {
    this.#folder = await temporaryFolder();
    await this.#start();
    await this.manager('/api/', { body: { type: 'Folder', id: 'zoo' } });
    await this.manager('/api/acl_users/@users', { body: { name: 'mem', password: PASSWORD, roles: [] } });
    await this.#particulars.prepare?.(this.manager);
    const types = (await this.manager('/api/zoo/@types')).json<TypeInfo[]>();
    const info = types.find((each) => each.type === this.#type);
    assert.ok(info !== undefined, `'${this.#type}' is none of ${types.map((each) => each.type).join(', ')}`);
    this.info = info;
  }

  async restart(): Promise<void> {
    await this.#server.kill();
    await this.#start();
  }

  get path(): string {
    return `/zoo/${this.info.suggestedId}`;
  }

  get manager(): Client {
    return managerOf(this.#server);
  }

  /** Nobody in particular. */
  get visitor(): Client {
    return clientOf(this.#server, { origin: this.#server.url, 'sec-fetch-site': 'same-origin' });
  }

  async look(): Promise<ObjectMessage> {
    const answer = await this.manager(`/api${this.path}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.json<ObjectMessage>();
  }

  change(properties: Readonly<Record<string, unknown>>): Promise<Answer> {
    return this.manager(`/api${this.path}`, { method: 'PATCH', body: { properties } });
  }

  /** Neither somebody without roles nor somebody who is not signed in may do it. */
  async refusedToOthers(path: string, asked: Parameters<Client>[1]): Promise<void> {
    const member = clientOf(this.#server, { authorization: basic('mem', PASSWORD) });
    assert.ok([403, 404].includes((await member(path, asked)).status), 'A member without roles may do it.');
    assert.equal((await this.visitor(path, asked)).status, 401, 'Whoever is not signed in may do it.');
  }

  /** Every value that is to be taken, with its property's name. */
  async good(): Promise<readonly (readonly [name: string, value: unknown])[]> {
    const pairs: (readonly [string, unknown])[] = [];
    for (const [name, schema] of Object.entries((await this.look()).schema.properties)) {
      const paths = schema.widget === 'path' ? await candidatesFor(this.manager, this.path, name) : [];
      const values = this.#particulars.good?.[name] ?? [...samplesOf(schema).good, ...paths];
      pairs.push(...values.map((value) => [name, value] as const));
    }
    return pairs;
  }

  bad({ schema }: ObjectMessage): readonly (readonly [name: string, value: unknown])[] {
    return Object.entries(schema.properties).flatMap(([name, field]) => {
      const values = [...samplesOf(field).bad, ...(this.#particulars.bad?.[name] ?? [])];
      return values.map((value) => [name, value] as const);
    });
  }

  /** The address of the sheet of icons, which the interface's own script names. */
  async iconSheet(): Promise<string> {
    const page = await this.visitor('/manage');
    for (const [, script = ''] of page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)) {
      const [sheet] = /\/assets\/icons-[\w-]+\.svg/.exec((await this.visitor(script)).text) ?? [];
      if (sheet !== undefined) return sheet;
    }
    throw new Error('No script of the page names the sheet of icons.');
  }

  /** Opens a tab as a person does, and looks at it in every look. */
  async openTab({ id, element, label }: TabInfo): Promise<void> {
    const page = await this.#signedIn();
    const app = new App(page);
    for (const look of LOOKS.filter(({ viewport }) => viewport.width !== 768)) {
      const { name, rules } = look;
      await wear(page, look);
      if (name === 'light') await app.open(this.path, id);
      await page.locator(element).first().waitFor({ state: 'attached', timeout: SLOWLY_MS });
      await until(`${label} shows something`, async () => (await page.locator('t-loading').count()) === 0, SLOWLY_MS);
      assert.deepEqual(await hindrancesOn(page, rules), [], `the tab ${label}, ${name}`);
    }
    assert.equal(await page.evaluate<boolean>("'hit' in window"), false, `${label} ran what is text`);
    assert.deepEqual(this.#faults, [], `the tab ${label}`);
  }

  async [Symbol.asyncDispose]() {
    await this.#browser?.close();
    await this.#server[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #start(): Promise<void> {
    const { product } = this.#particulars;
    const environment: Record<string, string> = product === undefined ? {} : { TRELLIS_PRODUCTS: product };
    this.#server = await startServer({ data: this.#folder.path, environment });
  }

  async #signedIn(): Promise<Page> {
    if (this.#page !== undefined) return this.#page;
    this.#browser = await chromium.launch(CHROMIUM);
    const context = await this.#browser.newContext({ baseURL: this.#server.url, locale: 'en-GB' });
    await watch(context, this.#faults);
    this.#page = await context.newPage();
    const app = new App(this.#page);
    await app.open('/');
    await app.signIn();
    await app.heading.getByText('Root').waitFor();
    return this.#page;
  }
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 100);
}
