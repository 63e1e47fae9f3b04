import { composed } from '../../schema/composed.ts';
import { checkId, normaliseId } from '../../schema/ids.ts';
import {
  CHANGES,
  type ChangeOfPlace,
  consequencesOf,
  type HeldMessage,
  type LinkThere,
} from '../../schema/endpoints/objects.ts';
import { visible } from '../../schema/invisible.ts';
import { childPath, isWithin } from '../../schema/paths.ts';
import { Malformed, NotFound } from '../base/errors.ts';
import { linksOf } from '../objects/links.ts';
import type { TreeObject } from '../objects/object.ts';
import type { Call } from '../publisher/call.ts';
import { method, viewsOn } from '../publisher/views.ts';
import { describeLink, SEE } from './describe.ts';
import { chooseAgain, mayFollow, pagesOf, type LinkOf } from './links.ts';
import { Saying } from './saying.ts';
import { nameChanges, Services, type Changed } from './services.ts';

const MOST_IDS = 1_000;
/** Of each of these somebody counts what is in it. */
const MOST_HOLDERS = 20;

/** What somebody is about to do, and to what. */
interface Plan {
  readonly action: ChangeOfPlace;
  readonly objects: readonly TreeObject[];
  /** For a move or a copy: the folder; for a rename: the new id. */
  readonly to: string;
}

const consequences = method(consequencesOf, {
  permission: SEE,
  async run(call) {
    const plan = await planOf(call);
    const inside = await Promise.all(plan.objects.map((each) => call.tree.inside(each)));
    const links = plan.action === 'copy' ? [] : await linksInto(plan.objects);
    const changed = await tryOut(plan, call);
    const follows = ({ object }: LinkOf) => plan.action !== 'delete' && mayFollow(object, call);
    const lost = links.filter((link) => !follows(link));
    const going = plan.action === 'delete' ? [...plan.objects, ...inside.flat()] : [];
    return {
      count: plan.objects.length + inside.flat().length,
      pointsHere: await Promise.all(
        links.filter(({ object }) => call.may(SEE, object)).map((link) => nameLink(link, call)),
      ),
      services: nameChanges(changed, call),
      sessions: await heldBehind(going, lost, changed, call),
      sessionsUnlessFollowed: await heldBehind([], links.filter(follows), [], call),
    };
  },
});

/** What a change of the tree would mean for others. */
export const consequencesViews = viewsOn('any', consequences);

async function planOf({ object, request, may }: Call): Promise<Plan> {
  const given = request.query.get('action') ?? 'delete';
  const action = CHANGES.find((each) => each === given);
  if (action === undefined)
    throw new Malformed(`'${given.slice(0, 100)}' is no action. Use one of ${CHANGES.join(', ')}.`);
  const ids = request.query.get('ids')?.split(',').map(decodeId);
  if (ids !== undefined && ids.length > MOST_IDS) throw new Malformed(`Ask about at most ${MOST_IDS} ids at once.`);
  const objects = ids === undefined ? [object] : await childrenNamed(object, [...new Set(ids)]);
  const to = request.query.get('to') ?? '';
  if (action !== 'move' && action !== 'copy') return { action, objects, to };
  const folder = await object.tree.find(to);
  if (folder === undefined || !folder.isFolder || !may(SEE, folder))
    throw new NotFound(`There is no folder '${visible(to.slice(0, 100))}'.`);
  return { action, objects, to: folder.path };
}

/** Those that are there still, if any is. */
async function childrenNamed(folder: TreeObject, names: readonly string[]): Promise<readonly TreeObject[]> {
  const found = await Promise.all(names.map((name) => folder.tree.findChild(folder, composed(name))));
  const there = found.filter((object) => object !== undefined);
  if (there.length === 0) throw new NotFound(`${childPath(folder.path, composed(names[0] ?? ''))} does not exist`);
  return there;
}

function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Malformed(`'${text.slice(0, 100)}' is not an encoded id.`);
  }
}

/** The paths that lead to these objects or into them, from outside of them. */
async function linksInto(objects: readonly TreeObject[]): Promise<readonly LinkOf[]> {
  const links = await Promise.all(objects.map(({ tree, path }) => tree.pointingTo(path)));
  return links.flat().filter(({ object: user }) => !objects.some(({ path }) => isWithin(user.path, path)));
}

async function nameLink({ object, link }: LinkOf, call: Call): Promise<LinkThere> {
  return { ...(await describeLink(object, link.property)), to: link.path, mayFollow: mayFollow(object, call) };
}

/** Does it to a view of the tree that nobody commits, and compares what is found upward. */
async function tryOut({ action, objects, to }: Plan, call: Call): Promise<readonly Changed[]> {
  const trial = await call.tree.database.open(null);
  const tried = await Promise.all(objects.map(({ path }) => trial.get(path)));
  const folders = tried.flatMap(({ parent }) => parent ?? []);
  if (action === 'delete') {
    const services = await Services.before(tried, folders);
    for (const object of tried) await trial.remove(object);
    return services.changes(objects.map(({ path }) => path));
  }
  if (action === 'rename') {
    const services = await Services.before(tried, folders);
    const id = normaliseId(to);
    const [only, another] = tried;
    if (only === undefined || another !== undefined || checkId(id, { inRoot: false }) !== undefined) return [];
    const pages = await pagesOf(only);
    trial.change(only, { id });
    chooseAgain(pages, only, trial, call);
    return services.changes();
  }
  const folder = await trial.get(to);
  const places = action === 'move' ? [...folders, folder, ...tried] : [folder];
  const services = await Services.before(tried, places);
  for (const object of tried) {
    const { id, type, stored: properties } = object;
    if (action === 'move' && !isWithin(folder.path, object.path)) trial.change(object, { folder });
    // Without anything in it: what is found upward rests on it alone.
    else if (action === 'copy') trial.add(folder, { id, type, properties });
  }
  return services.changes();
}

/**
 * The live sessions in what goes, behind what loses its way, and where whoever finds another service kept them until now.
 */
async function heldBehind(
  going: readonly TreeObject[],
  lost: readonly LinkOf[],
  changed: readonly Changed[],
  call: Call,
): Promise<readonly HeldMessage[]> {
  const ending = new Set(going.map(({ path }) => path));
  const targets = await Promise.all(lost.map(({ link }) => call.tree.find(link.path)));
  const cut = [
    ...(await usersBehind(lost)),
    ...targets.filter((object) => object !== undefined),
    ...(await onlyLedToBy(going, call)),
    ...(await leftByChanges(changed, call)),
  ];
  const holders = new Map([...going, ...cut].filter(isHolder).map((object) => [object.path, object]));
  const seen = [...holders.values()].filter((object) => call.may(SEE, object)).slice(0, MOST_HOLDERS);
  const held = seen.map(async (object) => {
    const { path } = object;
    const what = await new Saying(object).holds();
    const becomes = ending.has(path) ? `in ${path} will end` : `will stay behind in ${path}`;
    return { path, what, text: `${what} ${becomes}` };
  });
  return (await Promise.all(held)).flatMap(({ path, what, text }) => (what === '' ? [] : [{ path, text }]));
}

/** These objects, and where no paths but theirs lead. */
async function onlyLedToBy(going: readonly TreeObject[], call: Call): Promise<readonly TreeObject[]> {
  const paths = new Set(going.map(({ path }) => path));
  const found = await ledTo(going, call);
  const users = await Promise.all(found.map(({ path }) => call.tree.pointingTo(path)));
  const isOurs = users.map((all) => all.every(({ object }) => paths.has(object.path)));
  return found.filter(({ path }, index) => paths.has(path) || isOurs[index]);
}

/** Where another takes over, who keeps sessions goes on; where it handed them out, they stay unless it leads to the same. */
async function leftByChanges(changed: readonly Changed[], call: Call): Promise<readonly TreeObject[]> {
  const left = await Promise.all(
    changed.map(async ({ user, before, after }) => {
      if (!user.isForAll) return after === undefined ? ledTo([user.object], call) : [];
      const kept = new Set((after === undefined ? [] : await ledTo([after], call)).map(({ path }) => path));
      return (await ledTo([before], call)).filter(({ path }) => !kept.has(path));
    }),
  );
  return left.flat();
}

function isHolder(object: TreeObject): boolean {
  return object.definition?.holds !== undefined;
}

/** Those whose paths lead nowhere then, and all who lead to them. */
async function usersBehind(lost: readonly LinkOf[]): Promise<readonly TreeObject[]> {
  const found = new Set(lost.map(({ object }) => object));
  for (const object of found) {
    for (const { object: user } of await object.tree.pointingTo(object.path)) found.add(user);
  }
  return [...found];
}

/** These objects, and where their paths lead. They may be another view's of the tree: they are looked for by their paths. */
async function ledTo(objects: readonly TreeObject[], { tree }: Call): Promise<readonly TreeObject[]> {
  const paths = objects.flatMap((object) => [object.path, ...linksOf(object).map(({ path }) => path)]);
  const found = await Promise.all([...new Set(paths)].map((path) => tree.find(path)));
  return found.filter((object) => object !== undefined);
}
