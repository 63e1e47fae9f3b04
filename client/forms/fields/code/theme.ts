import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';
import { EditorView } from 'codemirror';

const looks = EditorView.theme({
  '&': { height: '100%', color: 'var(--t-text)', backgroundColor: 'var(--t-canvas)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--t-mono)', fontSize: '0.75rem', lineHeight: '1.25rem' },
  '.cm-content': { caretColor: 'var(--t-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--t-text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--t-accent-line)',
  },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': { backgroundColor: 'var(--t-hover)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '.cm-gutters': { backgroundColor: 'var(--t-lowered)', color: 'var(--t-faint)', borderColor: 'var(--t-line)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--t-accent-fill)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--t-accent-fill)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--t-lowered)', borderColor: 'var(--t-line)', color: 'var(--t-quiet)' },
  '.cm-panels, .cm-tooltip': {
    backgroundColor: 'var(--t-raised)',
    borderColor: 'var(--t-line)',
    color: 'var(--t-text)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--t-accent-fill)',
    color: 'var(--t-text)',
  },
  // The lint package draws with data: addresses, which the security policy refuses.
  '.cm-lint-marker-error': {
    content: '""',
    width: '8px',
    height: '8px',
    margin: '6px 2px 0',
    borderRadius: '50%',
    backgroundColor: 'var(--t-danger)',
  },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--t-danger)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--t-danger)' },
  '.cm-textfield': { backgroundColor: 'var(--t-canvas)', borderColor: 'var(--t-control)', color: 'var(--t-text)' },
  '.cm-button': {
    backgroundColor: 'var(--t-canvas)',
    backgroundImage: 'none',
    borderColor: 'var(--t-line-strong)',
    color: 'var(--t-text)',
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operator, tags.processingInstruction], color: 'var(--t-danger)' },
  { tag: [tags.tagName, tags.angleBracket], color: 'var(--t-accent)' },
  { tag: [tags.string, tags.number, tags.bool, tags.attributeValue], color: 'var(--t-warn)' },
  { tag: [tags.attributeName, tags.propertyName, tags.meta], color: 'var(--t-quiet)' },
  { tag: tags.comment, color: 'var(--t-faint)', fontStyle: 'italic' },
]);

/** The editor in the colours of the interface, light and dark: every colour is one of styles/tokens.css. */
export const codeTheme: Extension = [looks, syntaxHighlighting(colours)];
