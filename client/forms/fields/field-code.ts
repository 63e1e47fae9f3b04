import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment } from '@codemirror/state';
import { basicSetup, EditorView } from 'codemirror';
import { css, html, nothing, type CSSResultGroup, type PropertyValues } from 'lit';
import { customElement } from 'lit/decorators.js';
import { liquidLanguage } from './code/liquid.ts';
import { codeTheme } from './code/theme.ts';
import { tagsAsTyped, typingOverSelection } from './code/typing.ts';
import { labelAbove, TextField } from './field.ts';

/** Code, in an editor over the whole width. An error that begins with "Line 3:" marks that line. */
@customElement('field-code')
export class FieldCode extends TextField {
  #editor: EditorView | undefined;
  /** What the editor holds; asking it takes time with a long text. */
  #held = '';
  readonly #language = new Compartment();
  /** The name that the code has for the session. What is typed next has no answer yet, and the name stays. */
  #sessionName: string | undefined;

  override focus() {
    this.#editor?.focus();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#editor?.destroy();
    this.#editor = undefined;
  }

  protected override control() {
    return html`<div id="control" class="editor" ?data-invalid=${Boolean(this.error)}></div>`;
  }

  /** What there is to say of code stands at its line. */
  protected override result(): typeof nothing {
    return nothing;
  }

  protected override updated(_changed: PropertyValues) {
    const parent = this.renderRoot.querySelector('.editor');
    if (!parent) return;
    if (this.#editor?.dom.parentElement !== parent) this.#open(parent);
    if (this.value !== this.#held) this.#replace(this.value);
    this.#mark();
    const { sessionName = this.#sessionName } = this.answer ?? {};
    if (sessionName !== this.#sessionName) this.#learn(sessionName);
  }

  #learn(sessionName: string | undefined) {
    this.#sessionName = sessionName;
    this.#editor?.dispatch({ effects: this.#language.reconfigure(liquidLanguage(sessionName)) });
  }

  #open(parent: Element) {
    this.#editor?.destroy();
    this.#held = this.value;
    this.#editor = new EditorView({
      parent,
      // Its styles belong to this shadow root: in the document the security policy would refuse them.
      root: this.renderRoot as ShadowRoot,
      doc: this.value,
      extensions: [
        basicSetup,
        this.#language.of(liquidLanguage(this.#sessionName)),
        codeTheme,
        typingOverSelection,
        tagsAsTyped,
        lintGutter(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({
          'aria-label': this.field.title,
          'aria-describedby': 'error hint',
          tabindex: '0',
        }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (!docChanged) return;
          const text = state.doc.toString();
          if (text === this.value) return;
          this.#held = text;
          this.change(text);
        }),
      ],
    });
  }

  #replace(text: string) {
    this.#held = text;
    const length = this.#editor?.state.doc.length ?? 0;
    this.#editor?.dispatch({ changes: { from: 0, to: length, insert: text } });
  }

  #mark() {
    const { state } = this.#editor!;
    const [, line, message = ''] = /^Line (\d+): (.*)$/s.exec(this.error ?? '') ?? [];
    const { from, to } = state.doc.line(Math.min(Number(line ?? 1), state.doc.lines));
    const found: Diagnostic[] = line === undefined ? [] : [{ from, to, severity: 'error', message }];
    this.#editor?.dispatch(setDiagnostics(state, found));
  }

  static override styles: CSSResultGroup = [
    TextField.styles,
    labelAbove,
    css`
      .editor {
        height: calc(100dvh - 320px);
        min-height: 300px;
        overflow: hidden;
        border: 1px solid var(--t-control);
        border-radius: var(--t-radius);
      }
      .editor:focus-within {
        outline: 2px solid var(--t-accent);
        outline-offset: 1px;
      }
      .editor[data-invalid] {
        border-color: var(--t-danger);
        outline-color: var(--t-danger);
      }
    `,
  ];
}
