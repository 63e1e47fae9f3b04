/** POST /api/<container>/@round-trip: whether what is written where sessions go can be read there. */
export interface RoundTripMessage {
  /** `warn`: it works, and there is something to mend. */
  readonly state: 'ok' | 'warn' | 'down';
  /** That it works, or what does not and what to do. */
  readonly text: string;
  readonly steps: readonly RoundTripStep[];
  readonly checked: string;
}

export interface RoundTripStep {
  /** `Wrote a probe` */
  readonly what: string;
  /** `to 10.0.0.7:11211` */
  readonly detail: string;
  readonly tookMs: number;
  readonly isDone: boolean;
}
