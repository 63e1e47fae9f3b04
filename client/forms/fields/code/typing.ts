import { Prec } from '@codemirror/state';
import { EditorView } from 'codemirror';

/**
 * Typing over a selection. Left to itself, Chromium keeps the look of what was selected in a `style` attribute, which the
 * security policy refuses and reports.
 */
export const typingOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const text = event.data;
    if (event.inputType !== 'insertText' || text === null || empty) return false;
    event.preventDefault();
    const typed = () =>
      view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, text, typed))) view.dispatch(typed());
    return true;
  },
});

/** Tags are closed by whoever types them: closed by the editor, they would be closed twice. */
export const tagsAsTyped = Prec.high(
  EditorView.inputHandler.of((view, _from, _to, text, typed) => {
    if (text !== '>' && text !== '/') return false;
    view.dispatch(typed());
    return true;
  }),
);
