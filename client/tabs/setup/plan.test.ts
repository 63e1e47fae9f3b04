import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doneWords, firstPlan, planProblems, requestFor, stepsOf } from './plan.ts';

const nothing: ReadonlySet<string> = new Set();

test('a first plan takes the usual ids, or the next ones that are free', () => {
  const ids = [nothing, new Set(['mcproxy', 'mcproxy2', 'mcsdc'])].map((taken) => {
    const { proxyId, containerId } = firstPlan(taken);
    return [proxyId, containerId];
  });
  assert.deepEqual(ids, [
    ['mcproxy', 'mcsdc'],
    ['mcproxy3', 'mcsdc2'],
  ]);
});

test('a first plan has no problems', () => {
  assert.deepEqual([...planProblems(firstPlan(nothing), '/', nothing)], []);
});

test('ids that break a rule, are taken or are the same are named', () => {
  const plan = firstPlan(nothing);
  const problemsOf = (change: Partial<typeof plan>, taken = nothing) =>
    Object.fromEntries(planProblems({ ...plan, ...change }, '/', taken));
  assert.deepEqual(problemsOf({ proxyId: '_x' }), {
    proxyId: 'The id "_x" is invalid because it begins with an underscore.',
  });
  assert.deepEqual(problemsOf({ containerId: 'manage' }), { containerId: 'The id "manage" is reserved.' });
  assert.deepEqual(problemsOf({ containerId: ' mcproxy ' }), {
    containerId: 'The id "mcproxy" is the proxy’s already.',
  });
  assert.deepEqual(problemsOf({}, new Set(['mcsdc'])), {
    containerId: 'The id "mcsdc" is invalid - it is already in use.',
  });
});

test('a plan without a server is none, and a comment is no server', () => {
  for (const servers of [[], [''], ['  ', '# later']]) {
    const problems = planProblems({ ...firstPlan(nothing), servers }, '/', nothing);
    assert.deepEqual([...problems.keys()], ['servers']);
  }
});

test('what is sent has tidy ids, and everything else as it was typed', () => {
  const request = requestFor({ ...firstPlan(nothing), proxyId: ' mcproxy ', timeoutMinutes: 'soon' });
  assert.deepEqual(request, {
    servers: ['localhost:11211'],
    proxyId: 'mcproxy',
    containerId: 'mcsdc',
    timeoutMinutes: 'soon',
  });
});

const found = {
  manager: '/session_data_manager',
  browserIds: '/browser_id_manager',
  container: '/old',
  containerType: 'Transient Object Container',
  store: null,
  servers: 0,
  held: '',
  unreached: [],
  on: true,
  text: 'Sessions are on',
};

test('the steps name the paths that there will be', () => {
  const steps = stepsOf({ ...firstPlan(nothing), servers: ['a:1', 'b:2'] }, '/shop', found);
  assert.equal(steps[0], 'A MemCache Proxy is added as /shop/mcproxy, with 2 servers.');
  assert.match(steps[1] ?? '', /as \/shop\/mcsdc\. .* behind \/shop\/mcproxy; .* not used for 20 minutes\.$/);
  assert.equal(steps[2], '/session_data_manager is pointed to /shop/mcsdc. No live session stays behind in /old.');
  assert.match(stepsOf({ ...firstPlan(nothing), timeoutMinutes: 0 }, '/', found)[1] ?? '', /none ends/);
});

test('the steps say how many sessions stay behind, and which managers are added', () => {
  const [, , pointed] = stepsOf(firstPlan(nothing), '/', { ...found, held: '12 live sessions' });
  assert.match(pointed ?? '', / 12 live sessions in \/old stay behind until they expire: visitors begin new ones\.$/);
  const bare = { ...found, manager: null, browserIds: null, container: '', on: false };
  const [, , browserIds, manager] = stepsOf(firstPlan(nothing), '/', bare);
  assert.equal(browserIds, 'A Browser Id Manager is added as /browser_id_manager, because none is found here.');
  assert.match(manager ?? '', /^A Session Data Manager is added as \/session_data_manager, .* pointed to \/mcsdc\.$/);
});

test('the steps name containers whose sessions nobody would reach, and what leads there instead', () => {
  const unreached = [{ path: '/mcsdc', held: '4 live sessions' }];
  const [, , , step] = stepsOf(firstPlan(nothing), '/', { ...found, unreached });
  assert.equal(
    step,
    '/mcsdc keeps 4 live sessions already. They stay behind. To go on with it instead, set the container path of /session_data_manager to /mcsdc.',
  );
  const bare = { ...found, manager: null, browserIds: null, container: '', unreached };
  assert.match(
    stepsOf(firstPlan(nothing), '/', bare)[4] ?? '',
    / add a Browser Id Manager and a Session Data Manager, and set the container path to \/mcsdc\.$/,
  );
});

test('a server that does not answer is named before anything is made, with what that costs', () => {
  const cost = 'sessions whose place is there get 503 until it answers';
  const plan = { ...firstPlan(nothing), servers: ['a:1', 'b:2'] };
  const answers = [
    { state: 'ok', text: 'answers in 0.3 ms' },
    { state: 'down', text: 'does not answer (refused)', cost },
  ] as const;
  const [proxy] = stepsOf(plan, '/', found, answers);
  assert.equal(proxy, `A MemCache Proxy is added as /mcproxy, with 2 servers. b:2 does not answer (refused): ${cost}.`);
  const results = answers.map((answer, index) => ({ ...answer, text: `${plan.servers[index]} ${answer.text}` }));
  assert.equal(doneWords('/mcsdc', results).trouble, `b:2 does not answer (refused): ${cost}.`);
});

test('servers in trouble are told apart from those that answer', () => {
  const down = { state: 'down', text: 'b:2 does not answer (refused)' } as const;
  assert.deepEqual(doneWords('/mcsdc', [{ state: 'ok', text: 'a:1 answers in 0.3 ms' }, down]), {
    text: 'Set up sessions in /mcsdc. a:1 answers in 0.3 ms.',
    trouble: 'b:2 does not answer (refused).',
    isOff: false,
  });
  assert.deepEqual(doneWords('/mcsdc', [down]), {
    text: 'Set up sessions in /mcsdc, and they are off until a server answers.',
    trouble: 'b:2 does not answer (refused).',
    isOff: true,
  });
});
