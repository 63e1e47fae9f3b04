/** POST …/@preview of a page template: the page that a text would make, for whoever asks. Nothing is kept. */
export interface PreviewRequest {
  readonly text: string;
}

export interface PreviewMessage {
  readonly body: string;
  /** Where a visitor would be sent in place of the page. */
  readonly redirect: string | null;
  /** Why there is no page. */
  readonly fault: TemplateFaultMessage | null;
}

export interface TemplateFaultMessage {
  /** A sentence. */
  readonly message: string;
  /** The template that is at fault: the one asked about, or one that it includes. */
  readonly path: string;
  /** 0 where no line is to blame. */
  readonly line: number;
  readonly column: number;
}
