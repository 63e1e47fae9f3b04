import { Task, TaskStatus } from '@lit/task';
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { FieldSchema } from '../../schema/form-schema.ts';
import { previewTemplate, type PreviewMessage, type TemplateFaultMessage } from '../../schema/endpoints/templates.ts';
import { encodeUrlPath } from '../../schema/paths.ts';
import { detailOf } from '../api/request.ts';
import { call } from '../api/call.ts';
import type { FormValuesShown } from '../forms/form-values-shown.ts';
import '../forms/property-form.ts';
import { Tab } from '../model/tab.ts';
import '../parts/banner.ts';
import { failed } from '../parts/face.ts';
import '../parts/icon.ts';
import '../parts/loading.ts';
import '../parts/page-frame.ts';
import { segments, segmentStyles } from '../parts/segments.ts';
import { Reconnected } from '../state/connection.ts';
import { controls } from '../styles/controls.ts';

const PAUSE_MS = 300;

const FORMS = [
  { id: 'page', label: 'Page' },
  { id: 'source', label: 'Source' },
] as const;

/** The text of a page template, and beside it the page that it makes, also before it is saved. */
@customElement('template-edit-tab')
export class TemplateEditTab extends Tab {
  @state() private text = '';
  @state() private form: (typeof FORMS)[number]['id'] = 'page';

  readonly #preview = new Task(this, {
    args: () => [this.path, this.text, this.object.may.change] as const,
    task: async ([path, text, isAllowed], { signal }): Promise<PreviewMessage | undefined> => {
      if (!isAllowed) return undefined;
      if (text !== this.object.properties['text']) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      signal.throwIfAborted();
      return call(previewTemplate, path, { text }, { signal });
    },
  });

  constructor() {
    super();
    new Reconnected(this, () => this.#preview.status === TaskStatus.ERROR && this.#preview.run());
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (changed.has('object') && changed.get('object') === undefined) this.text = textOf(this.object.properties);
  }

  protected override render() {
    return html`<property-form
      .object=${this.object}
      .shows=${isCode}
      @form-values-shown=${({ detail: values }: FormValuesShown) => (this.text = textOf(values))}
    >
      ${this.object.may.change ? this.#rail() : nothing}
    </property-form>`;
  }

  #rail() {
    return html`<section slot="rail" class="preview" aria-labelledby="preview">
      <div class="head">
        <h2 id="preview">Preview</h2>
        ${segments('Show the page as', FORMS, this.form, (form) => (this.form = form))}
        <a class="small" href=${this.#address} target="_blank" rel="noopener">Open the saved page</a>
      </div>
      ${this.#page()}
      <p class="small quiet">
        What your browser would get as a visitor’s, from the text as it stands. Nothing is kept, and links and forms
        lead nowhere.
      </p>
    </section>`;
  }

  #page() {
    const { value, status, error } = this.#preview;
    if (status === TaskStatus.ERROR) {
      return failed(`Could not render the page: ${detailOf(error)}`, error, () => this.#preview.run());
    }
    if (!value) return html`<t-loading>Rendering the page…</t-loading>`;
    if (value.fault) return html`<t-banner kind="danger" role="status">${wordsFor(value.fault, this.path)}</t-banner>`;
    if (value.redirect !== null) {
      return html`<t-banner kind="info" role="status">The visitor is sent to ${value.redirect}</t-banner>`;
    }
    if (value.body === '') return html`<t-face icon="file-text" heading="The page is empty."></t-face>`;
    if (this.form === 'page') return html`<page-frame .page=${value.body} .address=${this.#address}></page-frame>`;
    return html`<pre class="mono" tabindex="0" role="region" aria-label="Source of the page">${value.body}</pre>`;
  }

  /** Where a visitor finds the page. */
  get #address() {
    const { path } = this.object;
    return encodeUrlPath(path.endsWith('/index_html') ? path.slice(0, -'index_html'.length) : path);
  }

  static override styles = [
    controls,
    segmentStyles,
    css`
      :host {
        --rail: minmax(0, 1fr);
        display: flex;
        flex-direction: column;
      }
      property-form {
        flex: 1;
      }
      .preview {
        display: grid;
        gap: 6px;
        align-content: start;
        padding: 20px var(--t-edge) 32px 0;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
      }
      .head a {
        margin-left: auto;
      }
      h2 {
        font-size: var(--t-size);
        font-weight: 500;
      }
      page-frame,
      pre {
        height: calc(100dvh - 320px);
        min-height: 300px;
        overflow: auto;
        border: 1px solid var(--t-line);
        border-radius: var(--t-radius);
      }
      pre {
        margin: 0;
        padding: 4px 8px;
        background: var(--t-lowered);
        line-height: 1.25rem;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      t-banner,
      t-face {
        border: 1px solid var(--t-line);
        border-radius: var(--t-radius);
        --t-edge: 12px;
      }
      @media (width < 1200px) {
        .preview {
          padding: 0 var(--t-edge) 32px;
        }
      }
      @media (width >= 1200px) {
        /* The page begins where the text does. */
        .segments {
          margin-block: -4px;
        }
      }
    `,
  ];
}

function isCode({ widget }: FieldSchema): boolean {
  return widget === 'code';
}

function textOf(values: Readonly<Record<string, unknown>>): string {
  const { text } = values;
  return typeof text === 'string' ? text : '';
}

function wordsFor({ message, path, line }: TemplateFaultMessage, own: string): string {
  const where = path === own ? '' : `${path}: `;
  return line === 0 ? `${where}${message}` : `${where}Line ${line}: ${message}`;
}
