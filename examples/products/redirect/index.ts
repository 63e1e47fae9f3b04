import {
  decodeUrlPath,
  defineType,
  joinPath,
  method,
  p,
  RESERVED_IN_ROOT,
  type Product,
  type Response,
  type TreeObject,
} from 'trellis/product';
import { parseTarget, type Target } from './target.ts';

const follow = method({
  http: 'GET',
  permission: 'View',
  summary: 'Leads the visitor on to the target.',
  run({ object }): Response {
    const { location } = targetOf(object);
    const status = object.properties['permanent'] === true ? 308 : 307;
    return { status, headers: { location }, body: null, kind: 'content' };
  },
});

const destination = method({
  http: 'GET',
  permission: 'View management screens',
  summary: 'Where it leads, and what is there.',
  run: ({ object }) => describe(object),
});

/** Leads whoever visits its path somewhere else: to a path of this site, or to the address that its author wrote. */
const redirect = defineType({
  type: 'Redirect',
  description: 'Leads to another path or address',
  icon: 'external-link',
  group: 'Content',
  suggestedId: 'redirect',
  addPermission: 'Add Redirects',
  properties: {
    target: p.string({
      title: 'Target',
      help: 'A path of this site, such as /news, or a whole address, such as https://example.org/news.',
      default: '/',
      whenAdding: true,
      rule(target) {
        const parsed = parseTarget(target);
        return typeof parsed === 'string' ? parsed : undefined;
      },
    }),
    permanent: p.boolean({
      title: 'For good',
      help: 'Browsers and search engines remember the target and come here no more.',
      default: false,
    }),
  },
  // In the version before, the target was called `to`, and every redirect was for good.
  migrations: [({ to, ...others }) => (to === undefined ? others : { ...others, target: to, permanent: true })],
  publish: { view: follow, methods: { destination } },
  ui: {
    tabs: [{ id: 'destination', label: 'Destination', element: 'redirect-destination-tab' }],
    async warnings(object) {
      const { isThere, location } = await describe(object);
      if (isThere) return [];
      const link = { label: 'Set the target', path: object.path, tab: 'properties' };
      return [{ severity: 'warning', text: `Nothing is at '${location}' on this site.`, short: 'Leads nowhere', link }];
    },
    size: ({ properties }) => `to ${properties.target}`,
  },
  async check(object, { target }) {
    if (target === undefined || pathOf(targetOf(object)) !== object.path) return [];
    return [
      { pointer: '/properties/target', detail: `'${target}' is this redirect itself: nobody would ever arrive.` },
    ];
  },
});

/** Where a redirect leads, for its tab. What is not an object of the tree is taken to be there. */
async function describe(object: TreeObject) {
  const target = targetOf(object);
  const path = pathOf(target);
  const found = path === undefined ? undefined : await object.tree.find(path);
  return {
    location: target.location,
    isExternal: target.urlPath === undefined,
    isThere: path === undefined || found !== undefined,
    type: found?.type ?? null,
  };
}

/** The path of the object that a target leads to; `undefined`: it is on another site, or of the server itself. */
function pathOf({ urlPath }: Target): string | undefined {
  if (urlPath === undefined) return undefined;
  const names = decodeUrlPath(urlPath) ?? [];
  return RESERVED_IN_ROOT.includes(names[0] ?? '') ? undefined : joinPath(names);
}

/** What is stored was checked; a target that was stored some other way is refused here. */
function targetOf(object: TreeObject): Target {
  const parsed = parseTarget(String(object.properties['target']));
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

export default {
  name: 'redirect',
  types: [redirect],
  permissions: [{ name: 'Add Redirects', description: 'Add objects that lead visitors elsewhere.' }],
  client: new URL('client/', import.meta.url),
} satisfies Product;
