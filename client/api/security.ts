import type { AdministratorRequest, LoginAnswer, LoginRequest, Me } from '../../schema/messages/access.ts';
import type { AddUserRequest, ChangeUserRequest, UsersMessage } from '../../schema/messages/users.ts';
import { request, viewOf } from './request.ts';

export function getMe(): Promise<Me> {
  return request('GET', '/@me');
}

export function login(body: LoginRequest): Promise<LoginAnswer> {
  return request('POST', '/@login', { body });
}

export function logout(): Promise<void> {
  return request('POST', '/@logout', { body: {} });
}

/** Redeems the one-time link of the first start. */
export function createAdministrator(body: AdministratorRequest): Promise<LoginAnswer> {
  return request('POST', '/@administrator', { body });
}

export function getUsers(userFolder: string, signal?: AbortSignal): Promise<UsersMessage> {
  return request('GET', viewOf(userFolder, 'users'), { ...(signal && { signal }) });
}

export function addUser(userFolder: string, body: AddUserRequest): Promise<void> {
  return request('POST', viewOf(userFolder, 'users'), { body });
}

export function changeUser(userFolder: string, name: string, body: ChangeUserRequest): Promise<void> {
  return request('PATCH', `${viewOf(userFolder, 'users')}/${name}`, { body });
}

export function deleteUser(userFolder: string, name: string): Promise<void> {
  return request('DELETE', `${viewOf(userFolder, 'users')}/${name}`);
}
