import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AnswerParser, HEADER_BYTES, type Answer } from './protocol.ts';

interface Part {
  readonly opaque: number;
  readonly key: string;
  readonly value: Buffer;
}

function answerBytes({ opaque, key, value }: Part): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = 0x81;
  header.writeUInt16BE(key.length, 2);
  header[4] = 4;
  header.writeUInt32BE(4 + key.length + value.length, 8);
  header.writeUInt32BE(opaque, 12);
  return Buffer.concat([header, Buffer.alloc(4), Buffer.from(key), value]);
}

const parts = fc.array(
  fc.record({
    opaque: fc.nat(2 ** 32 - 1),
    key: fc.stringMatching(/^[a-z]{0,10}$/),
    value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  { maxLength: 8 },
);

test('answers come out whole and in order, however the bytes are cut, and share nothing with what was received', () => {
  fc.assert(
    fc.property(parts, fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1 }), (sent, cuts) => {
      const answers: Answer[] = [];
      const parser = new AnswerParser(1_000, (answer) => answers.push(answer));
      const bytes = Buffer.concat(sent.map(answerBytes));
      const chunk = Buffer.alloc(80);
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const length = bytes.copy(chunk, 0, at, at + (cuts[turn % cuts.length] ?? 1));
        assert.ok(parser.take(chunk, length));
        chunk.fill(0xee);
        at += length;
      }
      const received = answers.map((answer) => ({
        opaque: answer.opaque,
        key: answer.key.toString(),
        value: answer.value,
      }));
      assert.deepEqual(
        received,
        sent.map((part) => ({ ...part })),
      );
    }),
    { numRuns: 2_000 },
  );
});

test('what is no answer of memcached is told from one at once', () => {
  const heads = [
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    '-ERR unknown command\r\n-ERR unknown',
    'SSH-2.0-OpenSSH_9.2p1 Debian',
  ];
  for (const head of heads) {
    const bytes = Buffer.from(head.padEnd(HEADER_BYTES));
    assert.equal(new AnswerParser(1_000, () => assert.fail()).take(bytes, bytes.length), false);
  }
  const tooLong = answerBytes({ opaque: 1, key: '', value: Buffer.alloc(2_000) });
  assert.equal(new AnswerParser(1_000, () => assert.fail()).take(tooLong, HEADER_BYTES), false);
});
