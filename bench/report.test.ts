import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, print, verdict } from './report.ts';

const section = {
  title: 'Speed',
  columns: ['server', '/read'],
  rows: [
    ['bare Koa', '1.00'],
    ['Trellis', '0.62 ✔'],
  ],
};

test('a section is a table with its figures one below the other', () => {
  assert.equal(print(section, false), 'Speed\n\nserver     /read\nbare Koa    1.00\nTrellis   0.62 ✔\n\n');
});

test('a section is the same table in Markdown', () => {
  assert.equal(
    print(section, true),
    '**Speed**\n\n| server | /read |\n|---|---|\n| bare Koa | 1.00 |\n| Trellis | 0.62 ✔ |\n\n',
  );
});

test('a goal is met at its limit, and says nothing of what was not measured', () => {
  assert.equal(verdict(0.6, { sign: '≥', limit: 0.6 }), '0.60 ✔');
  assert.equal(verdict(1.81, { sign: '≤', limit: 1.8 }), '1.81 ✖');
  assert.equal(verdict(undefined, { sign: '≤', limit: 1.8 }), '');
  assert.equal(verdict(median([]), { sign: '≤', limit: 1.8 }), '');
});
