import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import '../forms/property-form.ts';
import { lastChanges, pointsHere, railStyles, thisObject } from '../forms/rail.ts';
import { Tab } from '../model/tab.ts';
import { controls } from '../styles/controls.ts';

/** What an object's type lets one set, and beside it who points to the object and what was done to it. */
@customElement('properties-tab')
export class PropertiesTab extends Tab {
  protected override render() {
    const saved = this.object.tabs.find(({ element }) => element === 'properties-tab')?.saved ?? '';
    return html`<property-form .object=${this.object} savedText=${saved}>
      <aside slot="rail" class="rail" aria-label="About this object">
        ${this.#siteSessions()} ${pointsHere(this.object)} ${thisObject(this.object)} ${lastChanges(this.object)}
      </aside>
    </property-form>`;
  }

  /** Of a container: whether the site uses it. */
  #siteSessions() {
    if (!this.object.tabs.some(({ element }) => element === 'session-test-tab')) return nothing;
    void import('./session-test/site-sessions.ts');
    return html`<section class="site" aria-labelledby="site">
      <h2 id="site">The site’s sessions</h2>
      <site-sessions path=${this.path}></site-sessions>
    </section>`;
  }

  static override styles = [
    controls,
    railStyles,
    css`
      /* Room for what is being asked, so that nothing below it moves. */
      .site {
        min-height: 138px;
      }
    `,
  ];
}
