import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitUnknown, ConflictError, NotTakenBack } from '../base/errors.ts';
import { Transaction, type Participant } from './transaction.ts';

function recorder(name: string, log: string[], isRefusing = false): Participant {
  return {
    async commit() {
      if (isRefusing) throw new Error(`${name} refuses`);
      log.push(`${name} commits`);
    },
    undo: async () => void log.push(`${name} undoes`),
    abort: () => void log.push(`${name} aborts`),
  };
}

test('participants are written in the order in which they joined', async () => {
  const log: string[] = [];
  const transaction = new Transaction();
  transaction.join(recorder('session', log));
  transaction.join(recorder('tree', log));
  await transaction.commit();
  assert.deepEqual(log, ['session commits', 'tree commits']);
});

test('when one refuses, those before it are put back, the last first', async () => {
  const log: string[] = [];
  const transaction = new Transaction();
  for (const name of ['one', 'two']) transaction.join(recorder(name, log));
  transaction.join(recorder('tree', log, true));
  await assert.rejects(transaction.commit(), /tree refuses/);
  assert.deepEqual(log, ['one commits', 'two commits', 'two undoes', 'one undoes']);
});

test('an aborted transaction aborts everybody', () => {
  const log: string[] = [];
  const transaction = new Transaction();
  for (const name of ['one', 'two']) transaction.join(recorder(name, log));
  transaction.abort();
  assert.deepEqual(log, ['one aborts', 'two aborts']);
});

/** Something that fails in each way but one. */
function failing(name: string): Participant {
  const fail = (what: string) => () => {
    throw new Error(`${name} cannot ${what}`);
  };
  return { commit: async () => {}, undo: async () => fail('undo')(), committed: fail('tell'), abort: fail('abort') };
}

function reporting() {
  const reports: string[] = [];
  return { reports, transaction: new Transaction((error) => reports.push((error as Error).message)) };
}

test('an undo that fails hides neither the refusal nor the other undoing', async () => {
  const log: string[] = [];
  const { reports, transaction } = reporting();
  transaction.join(recorder('one', log));
  transaction.join(failing('two'));
  transaction.join(recorder('tree', log, true));
  await assert.rejects(transaction.commit(), /^Error: tree refuses$/);
  assert.deepEqual(log, ['one commits', 'one undoes']);
  assert.deepEqual(reports, ['two cannot undo']);
});

test('a conflict after which something could not be taken back is no conflict to run the request again for', async () => {
  for (const [participant, expected] of [
    [recorder('session', []), ConflictError],
    [failing('session'), NotTakenBack],
  ] as const) {
    const { transaction } = reporting();
    transaction.join(participant);
    transaction.join({ commit: () => Promise.reject(new ConflictError()) });
    const error: unknown = await transaction.commit().catch((reason: unknown) => reason);
    assert.ok(error instanceof expected);
    assert.equal(error instanceof ConflictError, expected === ConflictError);
    assert.equal(error.status, 409);
  }
});

test('what fails after everything is committed refuses nothing, and all are told', async () => {
  const { reports, transaction } = reporting();
  let told = 0;
  transaction.join(failing('one'));
  transaction.join({ commit: async () => {}, committed: () => void (told += 1) });
  await transaction.commit();
  assert.deepEqual([told, reports], [1, ['one cannot tell']]);
});

test('an abort that fails keeps no other from forgetting', () => {
  const log: string[] = [];
  const { reports, transaction } = reporting();
  transaction.join(failing('one'));
  transaction.join(recorder('two', log));
  transaction.abort();
  assert.deepEqual([log, reports], [['two aborts'], ['one cannot abort']]);
});

for (const [wasMade, outcome] of [
  [true, ['session commits', 'session is committed']],
  [false, ['session commits', 'session undoes']],
] as const) {
  test(`those before one of which it is unknown whether it was written wait until that is known: ${wasMade}`, async () => {
    const log: string[] = [];
    const settling = Promise.withResolvers<boolean>();
    const transaction = new Transaction();
    transaction.join({ ...recorder('session', log), committed: () => void log.push('session is committed') });
    transaction.join({
      commit: async () => {
        throw new CommitUnknown(settling.promise);
      },
    });
    await assert.rejects(transaction.commit(), CommitUnknown);
    assert.deepEqual(log, ['session commits']);
    settling.resolve(wasMade);
    await new Promise(setImmediate);
    assert.deepEqual(log, outcome);
  });
}
