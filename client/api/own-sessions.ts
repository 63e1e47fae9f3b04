import type {
  EndedOthers,
  EndOwnSessionRequest,
  OwnLoginsMessage,
  OwnSessionsMessage,
} from '../../schema/messages/own-sessions.ts';
import { request } from './request.ts';

export function getOwnLogins(signal?: AbortSignal): Promise<OwnLoginsMessage> {
  return request('GET', '/@my-logins', { ...(signal && { signal }) });
}

export function endOwnLogin(id: string): Promise<void> {
  return request('DELETE', `/@my-logins/${id}`);
}

export function endOtherLogins(): Promise<EndedOthers> {
  return request('POST', '/@my-logins/@end-others', { body: {} });
}

export function getOwnSessions(signal?: AbortSignal): Promise<OwnSessionsMessage> {
  return request('GET', '/@my-sessions', { ...(signal && { signal }) });
}

export function endOwnSession(body: EndOwnSessionRequest): Promise<void> {
  return request('POST', '/@my-sessions', { body });
}

export function endOtherSessions(): Promise<EndedOthers> {
  return request('POST', '/@my-sessions/@end-others', { body: {} });
}
