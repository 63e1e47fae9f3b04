import assert from 'node:assert/strict';
import { test } from 'node:test';
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
