import type { FormValues } from './edits.ts';

/** What the form holds now, typed or saved. */
export class FormValuesShown extends CustomEvent<FormValues> {
  constructor(values: FormValues) {
    super('form-values-shown', { detail: values });
  }
}
