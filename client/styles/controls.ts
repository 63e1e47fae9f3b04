import { css } from 'lit';

/** What every element of ours, a block, starts from: buttons, links, fields, heads and small text, as styles/tokens.css has them. */
export const controls = css`
  :host {
    display: block;
    color: var(--t-text);
    font: 400 var(--t-size) / var(--t-line-height) var(--t-font);
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  p,
  li,
  dd {
    text-wrap-style: pretty;
  }
  ul,
  ol {
    list-style: none;
  }
  h1 {
    font-size: var(--t-size-h1);
    font-weight: 600;
    line-height: 28px;
    letter-spacing: -0.014em;
  }
  h2 {
    font-size: var(--t-size-h2);
    font-weight: 600;
    line-height: 20px;
  }
  h3 {
    font-size: var(--t-size-small);
    font-weight: 600;
    line-height: 16px;
    color: var(--t-quiet);
  }
  a {
    color: var(--t-accent);
    text-decoration: none;
  }
  a:hover,
  :is(p, dd, .note) > a:not(.button, .id) {
    text-decoration: underline;
  }
  :focus-visible {
    outline: 2px solid var(--t-accent);
    outline-offset: 1px;
  }
  .quiet {
    color: var(--t-quiet);
  }
  .faint {
    color: var(--t-faint);
  }
  .warn {
    color: var(--t-warn);
  }
  .danger {
    color: var(--t-danger);
  }
  .small {
    font-size: var(--t-size-small);
    line-height: 16px;
  }
  .strong {
    font-weight: 500;
  }
  .mono {
    font-family: var(--t-mono);
    font-size: 0.75rem;
  }
  .figures,
  time {
    font-variant-numeric: tabular-nums;
  }
  .ellipsis {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  /* Buttons: plain <button> is the secondary one; add primary, danger, plain, link, small. A link may look like one: .button. */
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: var(--t-control-height);
    padding: 0 12px;
    border: 1px solid var(--t-line-strong);
    border-radius: var(--t-radius);
    background: var(--t-canvas);
    color: var(--t-text);
    font: 500 var(--t-size) / 20px var(--t-font);
    white-space: nowrap;
    cursor: pointer;
    transition: background-color var(--t-fast);
  }
  button:hover,
  .button:hover {
    background: var(--t-hover);
    text-decoration: none;
  }
  button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  button t-icon,
  .button t-icon {
    color: var(--t-quiet);
  }
  button.primary,
  .button.primary {
    border-color: transparent;
    background: var(--t-accent);
    color: var(--t-on-accent);
  }
  button.primary:hover,
  button.primary[aria-expanded='true'],
  .button.primary:hover {
    background: var(--t-accent-hover);
  }
  button.primary t-icon,
  button.danger t-icon,
  .button.primary t-icon {
    color: inherit;
  }
  button.danger {
    border-color: transparent;
    background: var(--t-danger);
    color: var(--t-on-danger);
  }
  button.danger:hover {
    background: color-mix(in oklab, var(--t-danger), black 12%);
  }
  button.danger-text {
    color: var(--t-danger);
  }
  button.plain,
  .button.plain {
    border-color: transparent;
    background: none;
  }
  button.plain:hover,
  .button.plain:hover {
    background: var(--t-hover);
  }
  button.link {
    justify-content: flex-start;
    min-height: 0;
    padding: 0;
    border: 0;
    background: none;
    color: var(--t-accent);
  }
  button.link:hover {
    text-decoration: underline;
  }
  button.small,
  .button.small {
    min-height: var(--t-target);
    padding: 0 10px;
  }
  button.icon-only {
    width: var(--t-target);
    min-height: var(--t-target);
    padding: 0;
  }

  /* Fields */
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
  }
  input:where(:not([type='checkbox'], [type='radio'])),
  textarea,
  select {
    width: 100%;
    min-height: var(--t-control-height);
    margin: 0;
    padding: 0 10px;
    border: 1px solid var(--t-control);
    border-radius: var(--t-radius);
    background: var(--t-canvas);
    color: var(--t-text);
    font: 400 var(--t-field-size) / 20px var(--t-font);
  }
  textarea {
    display: block;
    padding-block: 6px;
    resize: vertical;
  }
  input.mono,
  textarea.mono {
    font-family: var(--t-mono);
    font-size: max(0.75rem, var(--t-field-size) - 0.0625rem);
  }
  input::placeholder,
  textarea::placeholder {
    color: var(--t-faint);
    opacity: 1;
  }
  input:focus-visible,
  textarea:focus-visible,
  select:focus-visible {
    outline-offset: -1px;
  }
  input[aria-invalid='true'],
  textarea[aria-invalid='true'],
  select[aria-invalid='true'] {
    border-color: var(--t-danger);
  }
  input[aria-invalid='true']:focus-visible,
  textarea[aria-invalid='true']:focus-visible {
    outline-color: var(--t-danger);
  }
  input[type='checkbox'],
  input[type='radio'] {
    width: 16px;
    height: 16px;
    margin: 0;
    flex: none;
    appearance: none;
    display: inline-grid;
    place-content: center;
    border: 1px solid var(--t-control);
    border-radius: var(--t-radius-key);
    background: var(--t-canvas);
    vertical-align: middle;
    cursor: pointer;
  }
  input[type='radio'] {
    border-radius: 50%;
  }
  input[type='radio']:checked {
    border: 5px solid var(--t-accent);
  }
  input[type='checkbox']:checked,
  input[type='checkbox']:indeterminate {
    border-color: var(--t-accent);
    background: var(--t-accent);
  }
  input[type='checkbox']:checked::before {
    content: '';
    width: 9px;
    height: 5px;
    margin-top: -2px;
    border: solid var(--t-on-accent);
    border-width: 0 0 2px 2px;
    rotate: -45deg;
  }
  input[type='checkbox']:indeterminate::before {
    content: '';
    width: 8px;
    height: 2px;
    background: var(--t-on-accent);
  }
  kbd {
    display: inline-block;
    min-width: 18px;
    padding: 0 5px;
    border: 1px solid var(--t-line-strong);
    border-radius: var(--t-radius-key);
    background: var(--t-lowered);
    color: var(--t-quiet);
    font: 500 0.6875rem/16px var(--t-font);
    text-align: center;
  }

  /* Parts of Web Awesome that are still on their way; of a menu, its button is seen. */
  wa-dialog:not(:defined),
  wa-drawer:not(:defined),
  wa-dropdown:not(:defined) wa-dropdown-item {
    display: none;
  }
  @media (width < 640px) {
    button,
    .button {
      font-size: 0.875rem;
    }
    input[type='checkbox'],
    input[type='radio'] {
      width: 20px;
      height: 20px;
    }
    kbd {
      display: none;
    }
  }
`;
