import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextCopyId } from '../../schema/ids.ts';
import { childPath, idInPath, isWithin, parentPath } from '../../schema/paths.ts';
import { openTestInstallation } from '../testing.ts';

const RUNS = 25;
const MOST_COPIED = 200;

/** A tree of folders as nothing but their paths. */
class Model {
  readonly paths: Set<string>;
  readonly #top: string;

  constructor(top: string) {
    this.#top = top;
    this.paths = new Set([top]);
  }

  add(folder: string, id: string): boolean {
    const path = childPath(folder, id);
    return !this.paths.has(path) && this.paths.add(path).has(path);
  }

  rename(path: string, id: string): boolean {
    return idInPath(path) === id || this.#carry(path, childPath(parentPath(path) ?? '', id));
  }

  move(path: string, folder: string): boolean {
    return !isWithin(folder, path) && this.#carry(path, childPath(folder, idInPath(path)));
  }

  copy(path: string, folder: string): boolean {
    let id = idInPath(path);
    while (this.paths.has(childPath(folder, id))) id = nextCopyId(id);
    for (const each of this.#within(path)) this.paths.add(childPath(folder, id) + each.slice(path.length));
    return true;
  }

  delete(path: string): boolean {
    for (const each of this.#within(path)) this.paths.delete(each);
    return true;
  }

  /** One of the folders, whatever the number; `isInTop`: not the outermost. */
  pick(number: number, isInTop = false): string | undefined {
    const all = [...this.paths].filter((path) => !isInTop || path !== this.#top);
    return all[number % all.length];
  }

  #carry(from: string, to: string): boolean {
    if (this.paths.has(to)) return false;
    const carried = this.#within(from);
    for (const each of carried) this.paths.delete(each);
    for (const each of carried) this.paths.add(to + each.slice(from.length));
    return true;
  }

  #within(path: string): readonly string[] {
    return [...this.paths].filter((each) => isWithin(each, path));
  }
}

const step = fc.record({
  action: fc.constantFrom('add', 'add', 'rename', 'copy', 'move', 'delete'),
  what: fc.nat(),
  where: fc.nat(),
  id: fc.constantFrom('x', 'y', 'copy_of_x'),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

test('whatever is added, renamed, moved, copied and deleted, the tree is what a model of it says', async () => {
  await using trellis = await openTestInstallation();
  const ask = async (method: string, path: string, body?: unknown) =>
    (await trellis.ask(method, `/api${path}`, { body })).status < 300;
  let runs = 0;

  /** Does a step in the tree and in the model: whether both did it, or both refused. */
  async function agree(model: Model, { action, what, where, id }: Step): Promise<boolean> {
    const folder = model.pick(where) ?? '';
    const path = model.pick(what, true);
    if (action === 'add') return (await ask('POST', folder, { type: 'Folder', id })) === model.add(folder, id);
    if (path === undefined || (action === 'copy' && model.paths.size > MOST_COPIED)) return true;
    if (action === 'delete') return (await ask('DELETE', path)) === model.delete(path);
    if (action === 'rename') {
      const done = await ask('POST', `${parentPath(path)}/@rename`, { from: idInPath(path), to: id });
      return done === model.rename(path, id);
    }
    const done = await ask('POST', `${folder}/@${action}`, { paths: [path] });
    return done === (action === 'copy' ? model.copy(path, folder) : model.move(path, folder));
  }

  const property = fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 30 }), async (steps) => {
    const top = `/run${(runs += 1)}`;
    await ask('POST', '', { type: 'Folder', id: top.slice(1) });
    const model = new Model(top);
    for (const each of steps) assert.ok(await agree(model, each), JSON.stringify([each, ...model.paths]));
    const tree = await trellis.database.open(null);
    const inside = await tree.inside(await tree.get(top));
    const found = [top, ...inside.map(({ path }) => path)];
    assert.deepEqual(found.toSorted(), [...model.paths].toSorted());
    for (const path of found) assert.ok(await tree.find(path), path);
  });
  await fc.assert(property, { numRuns: RUNS });
});
