import { RECORD_FORMATS, type RecordFormat } from '../record-format.ts';

/**
 * For tests: makes this process one of the next version, which knows another format of session records. Given to node with
 * `--import`. Nobody else can read what it writes.
 */
const [present] = RECORD_FORMATS as [RecordFormat];
const MARK = Buffer.from('next');

RECORD_FORMATS.push({
  number: present.number + 1,
  write(record) {
    return Buffer.concat([MARK, turned(present.write(record))]);
  },
  read(bytes) {
    if (!bytes.subarray(0, MARK.length).equals(MARK)) throw new RangeError('it is not of the next format');
    return present.read(turned(bytes.subarray(MARK.length)));
  },
});

function turned(bytes: Buffer): Buffer {
  return bytes.map((byte) => byte ^ 0xff) as Buffer;
}
