import type { Warning } from '../../../schema/endpoints/objects.ts';
import type { ServerMessage, ServersMessage } from '../../../schema/endpoints/servers.ts';

/** Whether something else is wrong now than before. */
export function isOtherTrouble(before: ServersMessage, now: ServersMessage): boolean {
  return troublesOf(before).join() !== troublesOf(now).join();
}

/** Whether the page's notices speak of as many servers as the answer does. */
export function hasNoticesFor(answer: ServersMessage, warnings: readonly Warning[]): boolean {
  return warnings.filter(isAboutServers).length === noticesFor(answer);
}

/** What is wrong with which server, as the page's notices speak of them. */
function troublesOf({ servers, former }: ServersMessage): readonly string[] {
  const silent = former.filter(({ state }) => state === 'silent');
  return [
    ...servers.flatMap((server) =>
      (server.up ? faultsOf(server) : ['is down']).map((fault) => [server, fault] as const),
    ),
    ...silent.map((server) => [server, 'was taken out'] as const),
  ].map(([{ address }, fault]) => `${address} ${fault}`);
}

function faultsOf(server: ServerMessage): readonly string[] {
  const memory = server.memory === 'ok' ? [] : [`is ${server.memory}`];
  const told = {
    'is several': server.isSeveral,
    'was restarted': server.restarted,
    'is named twice': server.sameAs,
    'has another time': server.isClockOff,
  };
  return [...memory, ...Object.entries(told).flatMap(([fault, isSo]) => (isSo ? [fault] : []))];
}

/** When no server answers, one notice says so for all. */
function noticesFor(answer: ServersMessage): number {
  const { servers } = answer;
  const areAllDown = servers.length > 0 && servers.every(({ up }) => !up);
  return troublesOf(answer).length - (areAllDown ? servers.length - 1 : 0);
}

function isAboutServers({ link }: Warning): boolean {
  return link?.tab === 'servers';
}
