import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Transaction, type Participant } from './transaction.ts';

function recorder(name: string, log: string[], isRefusing = false): Participant {
  return {
    hasChanges: true,
    async commit() {
      if (isRefusing) throw new Error(`${name} refuses`);
      log.push(`${name} commits`);
    },
    undo: async () => void log.push(`${name} undoes`),
    abort: () => void log.push(`${name} aborts`),
  };
}

test('participants are written in the order in which they joined, then what waited for it happens', async () => {
  const log: string[] = [];
  const transaction = new Transaction();
  transaction.afterCommit(() => log.push('told'));
  transaction.join(recorder('session', log));
  transaction.join({ hasChanges: false, commit: () => Promise.reject(new Error('has nothing to write')) });
  transaction.join(recorder('tree', log));
  await transaction.commit();
  assert.deepEqual(log, ['session commits', 'tree commits', 'told']);
});

test('when one refuses, those before it are put back, the last first, and nobody is told', async () => {
  const log: string[] = [];
  const transaction = new Transaction();
  transaction.afterCommit(() => log.push('told'));
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
