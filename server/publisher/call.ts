import type { TreeObject } from '../objects/object.ts';
import type { TreeReader } from '../objects/reader.ts';
import type { TreeTransaction } from '../objects/transaction.ts';
import type { MethodDeclaration } from '../objects/types.ts';
import type { Principal } from '../security/policy.ts';
import type { Transaction } from '../transaction/transaction.ts';
import type { Reads } from './reads.ts';
import type { Request } from './request.ts';

/** One run of one method: what it is called on, by whom, and what it may use. */
export interface Call {
  readonly object: TreeObject;
  /** What the address names: `object`, or the folder whose index_html it is. */
  readonly addressed: TreeObject;
  readonly request: Request;
  readonly user: Principal;
  /** What the caller sees of the tree. A GET never changes it. */
  readonly tree: TreeReader;
  readonly transaction: Transaction;
  /** What follows the view's name in the address: `…/@users/<name>`. */
  readonly tail: string | undefined;
  /** Set-Cookie lines to send with the answer, asked for after the commit; a request that fails sends none. */
  readonly cookies: (() => readonly string[])[];
  /** What products remember for the length of this request, under a key of their own. */
  readonly scope: Map<symbol, unknown>;
  /** Where a view says what its answer is made from. */
  readonly reads: Reads;
  /** How often this request was run before, because of a conflict. */
  readonly reruns: number;
  /** The answer is for this caller alone: neither a browser nor a proxy may keep a copy of it. */
  keepPrivate(): void;
  /** Says in words what the transaction did, for history and undo. */
  describe(words: string): void;
  /** Whether the caller may use a permission on an object. */
  may(permission: string, object: TreeObject): boolean;
}

/** A run of a method that may change the tree. */
export interface ChangingCall extends Call {
  readonly tree: TreeTransaction;
}

/** What a method is called with, by its HTTP method. */
export type CallOf<Http extends MethodDeclaration['http']> = Http extends 'GET' ? Call : ChangingCall;
