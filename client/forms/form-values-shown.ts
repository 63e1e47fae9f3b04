import type { FormValues } from './edits.ts';

/** What the form holds now, typed or saved. */
export class FormValuesShown extends Event {
  static readonly type = 'form-values-shown';
  readonly values: FormValues;

  constructor(values: FormValues) {
    super(FormValuesShown.type);
    this.values = values;
  }
}
