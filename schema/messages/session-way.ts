import type { FieldResult } from './forms.ts';

/** GET /api/<session data manager>/@chain: how a request finds its session. */
export interface ChainMessage {
  readonly boxes: readonly ChainBox[];
  readonly servers: readonly {
    readonly address: string;
    readonly state: FieldResult['state'];
    readonly text: string;
  }[];
  readonly on: boolean;
  /** "Sessions are on", or why they are off. */
  readonly text: string;
}

export interface ChainBox {
  /** `null` where nothing is there. */
  readonly path: string | null;
  readonly id: string;
  readonly type: string;
  readonly icon: string;
  readonly state: FieldResult['state'];
  readonly text: string;
  /** The property that leads on, and its value. */
  readonly leadsOn: { readonly property: string; readonly value: string } | null;
  /** Whether the way to the next box holds. */
  readonly holds: boolean;
}

/** POST /api/<folder>/@setup-sessions: the set-up wizard. 201 with what was made. */
export interface SetupRequest {
  readonly servers: readonly string[];
  readonly proxyId: string;
  readonly containerId: string;
  readonly timeoutMinutes: number;
}

export interface SetupAnswer {
  readonly proxy: string;
  readonly container: string;
  readonly manager: string;
  readonly results: readonly FieldResult[];
}
