import type {
  ChainMessage,
  OwnSessionRequest,
  ServersMessage,
  SetupAnswer,
  SetupRequest,
  TestMessage,
  TestRequest,
} from '../../schema/messages.ts';
import { viewOf } from './objects.ts';
import { request } from './request.ts';

export function getServers(proxy: string, signal?: AbortSignal): Promise<ServersMessage> {
  return request('GET', viewOf(proxy, 'servers'), { ...(signal && { signal }) });
}

/** The caller's own session in this container, without beginning one. */
export function getTest(container: string, signal?: AbortSignal): Promise<TestMessage> {
  return request('GET', viewOf(container, 'test'), { ...(signal && { signal }) });
}

export function addTestItems(container: string, body: TestRequest): Promise<TestMessage> {
  return request('POST', viewOf(container, 'test'), { body });
}

export function changeOwnSession(container: string, body: OwnSessionRequest): Promise<TestMessage> {
  return request('POST', viewOf(container, 'own'), { body });
}

export function getChain(manager: string, signal?: AbortSignal): Promise<ChainMessage> {
  return request('GET', viewOf(manager, 'chain'), { ...(signal && { signal }) });
}

export function setUpSessions(folder: string, body: SetupRequest): Promise<SetupAnswer> {
  return request('POST', viewOf(folder, 'setup-sessions'), { body });
}
