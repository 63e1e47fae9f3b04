import { css, html, nothing } from 'lit';
import type { ObjectMessage } from '../../schema/endpoints/objects.ts';
import '../parts/ago.ts';
import '../parts/icon.ts';
import { momentTime } from '../parts/time.ts';
import { addressOf } from '../state/route.ts';

/** Who leads here by a path, and what rests on it. */
export function pointsHere({ pointsHere: links }: ObjectMessage) {
  if (links.length === 0) return nothing;
  return html`<section aria-labelledby="points">
    <h2 id="points">What points here</h2>
    ${links.map(
      ({ path, icon, type, property, note }) =>
        html`<div class="link">
          <t-icon name=${icon}></t-icon>
          <p>
            <a href=${addressOf(path)}>${path}</a>
            <span class="small quiet">${type}, by ${property}${note ? `; ${note}` : ''}.</span>
          </p>
        </div>`,
    )}
  </section>`;
}

/** Path, times, owner and revision, and how much is in it. */
export function thisObject({ path, created, modified, modifiedBy, owner, revision, count }: ObjectMessage) {
  return html`<section aria-labelledby="about">
    <h2 id="about">This object</h2>
    <dl class="small">
      <dt>Path</dt>
      <dd class="mono">${path}</dd>
      <dt>Created</dt>
      <dd>${momentTime(created)}</dd>
      <dt>Modified</dt>
      <dd><t-ago time=${modified}></t-ago>${modifiedBy ? ` by ${modifiedBy}` : ''}</dd>
      ${
        owner
          ? html`<dt>Owner</dt>
              <dd>${owner}</dd>`
          : nothing
      }
      <dt>Revision</dt>
      <dd class="figures">${revision}</dd>
    </dl>
    ${count === null ? nothing : html`<p class="small quiet">${count}</p>`}
  </section>`;
}

/** The newest revisions in words. */
export function lastChanges({ lastChanges: changes }: ObjectMessage) {
  if (changes.length === 0) return nothing;
  return html`<section aria-labelledby="changes">
    <h2 id="changes">Last changes</h2>
    <ol class="small">
      ${changes.map(
        ({ time, user, description }) =>
          html`<li>
            ${description}
            <span class="quiet">${momentTime(time)}${user ? ` by ${user}` : ''}</span>
          </li>`,
      )}
    </ol>
  </section>`;
}

/** For an element with an <aside class="rail"> beside a form. */
export const railStyles = css`
  :host {
    display: flex;
    flex-direction: column;
  }
  property-form {
    flex: 1;
  }
  .rail {
    border-left: 1px solid var(--t-line);
  }
  .rail section {
    padding: 16px 20px 18px;
    border-bottom: 1px solid var(--t-line);
    overflow-wrap: anywhere;
  }
  .rail section:last-child {
    border-bottom: 0;
  }
  .rail h2 {
    margin-bottom: 8px;
    color: var(--t-quiet);
    font-size: var(--t-size-small);
    line-height: 16px;
  }
  .rail .link {
    display: flex;
    gap: 8px;
  }
  .rail .link + .link {
    margin-top: 10px;
  }
  .rail .link t-icon {
    margin-top: 2px;
  }
  .rail .link .quiet {
    display: block;
  }
  .rail dl {
    display: grid;
    grid-template-columns: 96px minmax(0, 1fr);
    gap: 8px 0;
  }
  .rail dl + p {
    margin-top: 12px;
  }
  .rail dt {
    color: var(--t-quiet);
  }
  .rail li + li {
    margin-top: 8px;
  }
  .rail li .quiet {
    display: block;
  }
  @media (width < 1200px) {
    .rail {
      border-top: 1px solid var(--t-line);
      border-left: 0;
    }
    .rail section {
      padding-inline: var(--t-edge);
    }
  }
`;
