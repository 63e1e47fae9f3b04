import {
  LitElement,
  ObjectChanged,
  Task,
  addressOf,
  changeObject,
  controls,
  css,
  detailOf,
  flash,
  html,
  nothing,
  request,
  viewOf,
} from '/assets/trellis.js';

/** Where a redirect leads, what is there, and a place to try another target. */
class RedirectDestinationTab extends LitElement {
  static properties = {
    object: { attribute: false },
    path: {},
    refusal: { state: true },
  };

  #destination = new Task(this, {
    args: () => [this.path, this.object.revision],
    task: ([path], { signal }) => request('GET', viewOf(path, 'destination'), { signal }),
  });

  render() {
    return this.#destination.render({
      initial: () => html`<t-loading>Looking where it leads…</t-loading>`,
      pending: () =>
        this.#destination.value
          ? this.#full(this.#destination.value)
          : html`<t-loading>Looking where it leads…</t-loading>`,
      error: (error) => this.#failed(error),
      complete: (destination) => this.#full(destination),
    });
  }

  #full({ location, isExternal, isThere, type }) {
    const isPermanent = this.object.properties.permanent;
    return html`
      <section aria-labelledby="way">
        <h2 id="way">Where it leads</h2>
        <p class="way">
          <span class="mono">${this.path}</span>
          <t-icon name="arrow-right"></t-icon>
          <a class="mono" href=${location} target="_blank" rel="noreferrer">${location}</a>
        </p>
        <p>
          <t-dot state=${isThere ? 'ok' : 'warn'}>${placeOf({ isExternal, isThere, type })}</t-dot>
        </p>
        <p class="quiet">
          ${isPermanent ? 'For good: browsers remember it and ask no more.' : 'For now: browsers ask here each time.'}
          <a href=${addressOf(this.path, 'properties')}>Change</a>
        </p>
      </section>
      ${this.object.may.change ? this.#form() : nothing}
    `;
  }

  #form() {
    return html`<form aria-label="Lead elsewhere" @submit=${this.#save}>
      <label for="target">Lead elsewhere</label>
      <div class="row">
        <input
          id="target"
          name="target"
          class="mono"
          autocomplete="off"
          aria-describedby="refusal"
          aria-invalid=${String(Boolean(this.refusal))}
          .value=${this.object.properties.target}
        />
        <button class="primary">Save target</button>
      </div>
      <p id="refusal" class="danger small" role="alert">${this.refusal ?? ''}</p>
    </form>`;
  }

  #failed(error) {
    return html`<t-face kind="error" icon="circle-x" heading="Could not tell where it leads: ${detailOf(error)}">
      <button @click=${() => this.#destination.run()}><t-icon name="rotate-cw"></t-icon>Try again</button>
    </t-face>`;
  }

  async #save(event) {
    event.preventDefault();
    const target = this.renderRoot.querySelector('input').value;
    try {
      const changed = await changeObject(this.path, { properties: { target } }, this.object.revision);
      this.refusal = '';
      flash(`It leads to ${changed.properties.target} now.`);
      this.dispatchEvent(new ObjectChanged(changed));
    } catch (error) {
      this.refusal = detailOf(error);
    }
  }

  static styles = [
    controls,
    css`
      :host {
        display: block;
        padding: 16px var(--t-edge);
      }
      section,
      form {
        display: grid;
        gap: 8px;
        max-width: 620px;
      }
      form {
        margin-top: 24px;
      }
      .way {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
        overflow-wrap: anywhere;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      input {
        flex: 1;
        min-width: 200px;
      }
    `,
  ];
}

function placeOf({ isExternal, isThere, type }) {
  if (isExternal) return 'On another site';
  if (!isThere) return 'Nothing is there on this site';
  return type === null ? 'A page of this server' : `A ${type} of this site`;
}

customElements.define('redirect-destination-tab', RedirectDestinationTab);
