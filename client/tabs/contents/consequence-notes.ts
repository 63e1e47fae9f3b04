import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ChangeOfPlace, ConsequencesMessage, HeldMessage, LinkThere } from '../../../schema/endpoints/objects.ts';
import '../../parts/dot.ts';
import { plural } from '../../parts/format.ts';
import { addressOf } from '../../state/route.ts';
import { controls } from '../../styles/controls.ts';

/** What depends on objects that are about to be deleted, renamed, moved or copied. Sends `change` where one decides. */
@customElement('consequence-notes')
export class ConsequenceNotes extends LitElement {
  @property({ attribute: false }) consequences!: ConsequencesMessage;
  @property() action: ChangeOfPlace = 'delete';
  /** Whether the paths that lead there are to follow. */
  @state() updateLinks = true;

  protected override render() {
    const { services } = this.consequences;
    return html`
      ${this.#paths()} ${this.#notice('What depends on it', services.map(sentence))}
      ${this.#notice('Sessions of visitors', this.#sessions().map(sentence))}
    `;
  }

  #sessions(): readonly HeldMessage[] {
    const { sessions, sessionsUnlessFollowed: more } = this.consequences;
    if (this.updateLinks) return sessions;
    return [...sessions, ...more.filter(({ path }) => !sessions.some((each) => each.path === path))];
  }

  #paths() {
    const { pointsHere: links } = this.consequences;
    const following = this.action === 'delete' ? [] : links.filter(({ mayFollow }) => mayFollow);
    const staying = links.filter((link) => !following.includes(link));
    return html`
      ${following.length > 0 ? this.#choice(following) : nothing}
      ${this.#notice(
        pointing(staying.length, this.action),
        staying.map((link) => this.#loss(link)),
      )}
    `;
  }

  #choice(links: readonly LinkThere[]) {
    return html`<div class="choice">
      <label>
        <input type="checkbox" .checked=${this.updateLinks} @change=${this.#onChoice} />
        Update the ${links.length === 1 ? 'path that leads' : `${links.length} paths that lead`} there
      </label>
      <ul>
        ${links.map((link) =>
          this.updateLinks
            ? html`<li>${link.property} of <a href=${addressOf(link.path)} target="_blank">${link.path}</a></li>`
            : html`<li class="warn">${this.#loss(link)}</li>`,
        )}
      </ul>
    </div>`;
  }

  #loss({ path, to, loss, note, mayFollow }: LinkThere): TemplateResult {
    const why = this.action === 'delete' || mayFollow ? '' : ', and you may not change it';
    return html`<a href=${addressOf(path)} target="_blank">${path}</a> uses
      ${to}${why}${loss ? `; ${loss}` : ''}${note ? ` (${note})` : ''}.`;
  }

  #notice(heading: string, lines: readonly (TemplateResult | string)[]) {
    if (lines.length === 0) return nothing;
    return html`<div class="notice">
      <t-dot state="warn" class="strong">${heading}</t-dot>
      <ul>
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>
    </div>`;
  }

  #onChoice(event: Event) {
    this.updateLinks = (event.target as HTMLInputElement).checked;
    this.dispatchEvent(new Event('change'));
  }

  static override styles = [
    controls,
    css`
      .notice,
      .choice {
        margin-top: 12px;
      }
      .notice {
        padding: 9px 12px 10px;
        border: 1px solid var(--t-warn-line);
        border-radius: var(--t-radius);
        background: var(--t-warn-fill);
      }
      ul {
        margin: 2px 0 0 18px;
        font-size: var(--t-size-small);
        list-style: disc;
      }
      .choice ul {
        margin-left: 24px;
        list-style: none;
      }
      .choice label {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      li {
        overflow-wrap: anywhere;
      }
      a {
        font-weight: 500;
      }
    `,
  ];
}

function sentence({ text }: { readonly text: string }): string {
  return `${text}.`;
}

function pointing(count: number, action: ChangeOfPlace): string {
  return `${plural(count, 'object')} ${count === 1 ? 'points' : 'point'} to what you ${action}`;
}
