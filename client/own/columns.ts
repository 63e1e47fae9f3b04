import { html, nothing, type TemplateResult } from 'lit';
import type { OwnLogin, OwnSession } from '../../schema/endpoints/own-sessions.ts';
import '../parts/ago.ts';
import type { Column, CompactRow } from '../parts/list/table-columns.ts';
import '../parts/until.ts';

/** What logins and sessions have in common: a device, and since when. */
type Own = OwnLogin | OwnSession;

/** Draws what can be done to a row. */
export type ActionOf<Row> = (row: Row) => TemplateResult;

export function loginColumns(action: ActionOf<OwnLogin>): readonly Column<OwnLogin>[] {
  return [device(), address(), started('Signed in'), lastSeen(), expires('Ends in'), actions(action)];
}

export function sessionColumns(action: ActionOf<OwnSession>): readonly Column<OwnSession>[] {
  const container: Column<OwnSession> = {
    id: 'container',
    label: 'Kept in',
    width: 160,
    rank: 1,
    cell: (row) => html`<span title=${row.container}>${row.container}</span>`,
  };
  return [device(), container, address(), started('Started'), lastSeen(), expires('Ends in'), actions(action)];
}

export function compactRow<Row extends Own>(action: ActionOf<Row>): (row: Row) => CompactRow {
  return (row) => {
    const where = 'container' in row ? `${row.container}, ` : '';
    const second = html`${where}${row.address || 'address not known'}, seen <t-ago time=${row.lastSeen}></t-ago>`;
    return { first: deviceOf(row), second, endFirst: action(row) };
  };
}

/** What a device is called, for the eye and for the names of buttons. */
export function deviceName({ browser }: Pick<Own, 'browser'>): string {
  return browser || 'Unknown browser';
}

function deviceOf(row: Own) {
  return html`<span class="strong" title=${deviceName(row)}>${deviceName(row)}</span>${
      row.isThis ? html` <span class="faint">this device</span>` : nothing
    }`;
}

function device<Row extends Own>(): Column<Row> {
  return { id: 'device', label: 'Device', width: 220, rank: 0, cell: deviceOf };
}

function address<Row extends Own>(): Column<Row> {
  return { id: 'address', label: 'IP', width: 140, rank: 2, cell: (row) => row.address || '–' };
}

function started<Row extends Own>(label: string): Column<Row> {
  return { id: 'started', label, width: 110, rank: 4, isQuiet: true, cell: (row) => ago(row.started) };
}

function lastSeen<Row extends Own>(): Column<Row> {
  return { id: 'lastSeen', label: 'Last seen', width: 110, rank: 0, cell: (row) => ago(row.lastSeen) };
}

function expires<Row extends Own>(label: string): Column<Row> {
  const cell = (row: Row) => html`<t-until .time=${row.expires}></t-until>`;
  return { id: 'expires', label, width: 110, rank: 3, isQuiet: true, cell };
}

function actions<Row extends Own>(cell: ActionOf<Row>): Column<Row> {
  return { id: 'actions', label: 'Actions', width: 110, rank: 0, align: 'end', cell };
}

function ago(time: string) {
  return html`<t-ago time=${time}></t-ago>`;
}
