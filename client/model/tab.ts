import { LitElement, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { ObjectMessage } from '../../schema/endpoints/objects.ts';
import { KeptFocus } from '../parts/kept-focus.ts';

/** What the page gives to each tab. A tab sends ObjectChanged (model/changes.ts) up when it changed the object. */
export interface TabElement extends HTMLElement {
  object: ObjectMessage;
  path: string;
}

/** A tab of the interface itself. */
export abstract class Tab extends LitElement implements TabElement {
  @property({ attribute: false }) object!: ObjectMessage;
  @property() path = '/';

  constructor() {
    super();
    new KeptFocus(this, () => this.home);
  }

  /** Where the focus goes when what had it is gone. */
  protected get home(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('t-table');
  }
}

/** What a tab wants at the right of the page's head: one state, one action. Handlers in it are arrow functions. */
export class HeadAside extends Event {
  static readonly type = 'head-aside';
  readonly content: TemplateResult | undefined;

  constructor(content: TemplateResult | undefined) {
    super(HeadAside.type, { bubbles: true, composed: true });
    this.content = content;
  }
}
