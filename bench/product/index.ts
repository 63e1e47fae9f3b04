import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Call, currentSession, defineType, json, method, NotSignedIn, p } from 'trellis/product';

type Mode = 'none' | 'new' | 'read' | 'rw' | 'memory';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MODES: Readonly<Record<Mode, (call: Call) => Promise<unknown>>> = {
  none: async () => ({ ok: true }),
  async new(call) {
    const session = await currentSession(call);
    session.set('counter', 0).set('filler', 'x'.repeat(Number(call.request.query.get('size') ?? 200)));
    return { counter: 0 };
  },
  async read(call) {
    const session = await currentSession(call);
    if (session.isNew) throw new NotSignedIn('There is no session.');
    return { counter: session.get('counter') };
  },
  async rw(call) {
    const session = await currentSession(call);
    return { counter: session.update<number>('counter', (counter = 0) => counter + 1) };
  },
  /** What is still in use after a collection, for the soak. */
  async memory() {
    collectGarbage();
    return { heapMb: process.memoryUsage().heapUsed / 2 ** 20, resources: process.getActiveResourcesInfo().length };
  },
};

/** A page that does with its session what its `mode` says: the contestant's side of the session benchmark. */
const benchPage = defineType({
  type: 'Bench Page',
  description: 'Reads or changes a session',
  icon: 'file',
  group: 'Content',
  suggestedId: 'bench',
  addPermission: 'Add Page Templates',
  properties: {
    mode: p.selection({
      title: 'Mode',
      choices: {
        none: 'No session',
        new: 'New session',
        read: 'Read',
        rw: 'Read and write',
        memory: 'Memory in use',
      },
      default: 'none',
    }),
  },
  publish: {
    view: method({
      http: 'GET',
      permission: 'View',
      summary: 'The page.',
      run: async (call) => json(await MODES[call.object.properties['mode'] as Mode](call)),
    }),
  },
});

export default { name: 'bench', types: [benchPage] };
