/** All that a product from outside is made of, imported by it as 'trellis/product'. What is not here may change. */
export { p, type Field, type Fields, type Rule, type ValuesOf } from '../../schema/fields.ts';
export type { FieldAnswer, FieldResult } from '../../schema/endpoints/forms.ts';
export type { TabInfo, Warning } from '../../schema/endpoints/objects.ts';
export type { FieldProblem } from '../../schema/problems.ts';
export { RESERVED_IN_ROOT } from '../../schema/ids.ts';
export { decodeUrlPath, encodeUrlPath, joinPath, parsePath } from '../../schema/paths.ts';
export type { Permission } from '../../schema/permissions.ts';
export {
  Conflict,
  ConflictError,
  Forbidden,
  Invalid,
  Malformed,
  NotFound,
  NotSignedIn,
  Problem,
  TooLarge,
  Unavailable,
} from '../base/errors.ts';
export { follow, type Destination } from '../manage/paths.ts';
export { SHOWN } from '../manage/saying.ts';
export {
  BadKey,
  MemoryFull,
  ServerRefused,
  ServerUnreachable,
  StoreClosed,
  Timeout,
  ValueTooLarge,
  type Reason,
} from '../memcache/errors.ts';
export { checkKeys } from '../memcache/keys.ts';
export type {
  Cas,
  Item,
  KeyEntry,
  KeyListing,
  MemoryUse,
  Outcome,
  ServerStatus,
  Store,
  Worth,
} from '../memcache/store.ts';
export type { TreeReader } from '../objects/reader.ts';
export type { NewObject, TreeTransaction } from '../objects/transaction.ts';
export { capability, type Capability } from '../objects/capability.ts';
export { RuntimeState } from '../objects/runtime-state.ts';
export type { TreeObject } from '../objects/object.ts';
export { REMOVED } from '../objects/event.ts';
export { defineType, type TypeDefinition } from '../objects/types.ts';
export { SESSION_ADDED, SESSION_ENDED, type SessionEvent } from './sessions/container/session-news.ts';
export type { Step } from '../objects/versions.ts';
export {
  about,
  either,
  flag,
  integer,
  listOf,
  mapOf,
  mapping,
  number,
  object,
  oneOf,
  orNull,
  text,
  texts,
  time,
} from '../../schema/json-schema.ts';
export type { JsonSchema } from '../../schema/json-schema.ts';
export type { Call, ChangingCall } from '../publisher/call.ts';
export { escapeHtml, html, json, noContent, type Request, type Response } from '../publisher/request.ts';
export { method, type Method, type View } from '../publisher/views.ts';
export { SessionAlreadyWritten, type Session } from '../sessions/session.ts';
export { STORE } from './stores/store.ts';
export { SESSION_CONTAINER } from './stores/session-container.ts';
export { storeMethods } from './stores/store-methods.ts';
export type { Product } from './declarations/product.ts';
export type { CurrentBrowser } from '../sessions/current-browser.ts';
export { BROWSER_IDS } from './sessions/browser-ids/browser-ids.ts';
export { SESSION_MANAGER } from './sessions/session-manager.ts';
export { PAGE_TEMPLATE } from './core/page-answers.ts';
export { currentBrowser, currentSession } from './sessions/current-session.ts';
export { sessionsIn, type KeyedSessions } from './sessions/keyed-sessions.ts';
export type { Found, TypedStore } from '../caching/typed-store.ts';
export { CACHEABLE, invokeCached, CACHE_MANAGER, type AnswerCache } from '../publisher/invoke-cached.ts';
export type { Reads } from '../publisher/reads.ts';
export { valuesOf } from './stores/values.ts';

import type { TreeReader } from '../objects/reader.ts';
import { siteOf as wholeSiteOf, type Site } from '../site/site.ts';

/** What a product may know of the installation that it runs in. */
export type ProductSite = Pick<Site, 'name' | 'origin' | 'version' | 'dataFolder' | 'clock' | 'log'>;

/** The installation that an object, or a call on it, belongs to. */
export const siteOf: (of: { readonly tree: TreeReader }) => ProductSite = wholeSiteOf;
