import type { FieldSchema } from '../../schema/form-schema.ts';
import type { ChangeRequest, ObjectMessage } from '../../schema/endpoints/objects.ts';
import type { FieldProblem } from '../../schema/problems.ts';
import type { Conflict } from './conflict-dialog.ts';
import {
  changedNames,
  contested,
  differences,
  fieldsOf,
  isSame,
  valuesOf,
  type Difference,
  type Edits,
  type FormValues,
} from './edits.ts';
import { problemsByField } from './problems.ts';

type Current = Pick<ObjectMessage, 'title' | 'properties'>;

/** What a 412 says of the object as it is now. */
export interface CurrentState {
  readonly current: Current;
  readonly revision: number;
  readonly modified: string;
  readonly modifiedBy: string | null;
}

/** One person's work on one object's form: what it began from, what was typed, and what was refused. */
export class Editing {
  /** The state that the edits began from; saving names its revision. */
  began: ObjectMessage;
  edits: Edits = new Map();
  /** What was typed into fields that show somebody else's values now. */
  setAside: Edits = new Map();
  refusals: ReadonlyMap<string, string> = new Map();

  constructor(object: ObjectMessage) {
    this.began = object;
  }

  get fields(): Readonly<Record<string, FieldSchema>> {
    return fieldsOf(this.began);
  }

  get saved(): FormValues {
    return valuesOf(this.began);
  }

  get values(): FormValues {
    return { ...this.saved, ...Object.fromEntries(this.edits) };
  }

  get changed(): readonly string[] {
    return changedNames(this.fields, this.saved, this.edits);
  }

  get refused(): readonly string[] {
    return Object.keys(this.fields).filter((name) => this.refusals.has(name));
  }

  /** A refusal goes with a change of its field; one of a field that was never touched came from another, and goes too. */
  change(name: string, value: unknown): void {
    const others = [...this.edits].filter(([each]) => each !== name);
    // Lines stay as typed: a blank one at the end is no change, but the place where the next will be.
    const isBack = !Array.isArray(value) && isSame(value, this.saved[name]);
    this.edits = new Map(isBack ? others : [...others, [name, value]]);
    this.setAside = without(this.setAside, name);
    this.refusals = new Map([...this.refusals].filter(([each]) => each !== name && this.changed.includes(each)));
  }

  discard(object: ObjectMessage): void {
    this.began = object;
    this.edits = new Map();
    this.setAside = new Map();
    this.refusals = new Map();
  }

  /** The object as it is now: edits go on from there, unless somebody changed the same field. Then saving tells of it. */
  adopt(object: ObjectMessage): void {
    if (this.isUncontested(object)) this.began = object;
  }

  /** Whether nobody changed a field otherwise that was changed here. */
  isUncontested(current: Current): boolean {
    return contested(this.against(current)).length === 0;
  }

  /** What both sides did since the edits began. */
  against(current: Current): readonly Difference[] {
    return differences(this.fields, this.saved, valuesOf(current), this.edits);
  }

  /** Both sides, for whoever has to choose. */
  conflict({ current, revision, modified, modifiedBy }: CurrentState): Conflict {
    return {
      by: modifiedBy ?? 'Somebody',
      modified,
      revision,
      fromRevision: this.began.revision,
      differences: this.against(current),
    };
  }

  /** What saving would send: the changed fields alone. */
  request(): ChangeRequest {
    const entries = this.changed.map((name) => [name, this.edits.get(name)] as const);
    const properties = Object.fromEntries(entries.filter(([name]) => name !== 'title'));
    const title = this.changed.includes('title') ? { title: String(this.edits.get('title')).trim() } : {};
    return Object.keys(properties).length > 0 ? { ...title, properties } : title;
  }

  /** It was saved; what was typed meanwhile stays an edit. */
  wasSaved(sent: Edits, answer: ObjectMessage): void {
    this.edits = new Map([...this.edits].filter(([name, value]) => value !== sent.get(name)));
    this.refusals = new Map();
    this.began = answer;
  }

  /** Says whether any field of the form is to blame. */
  wasRefused(errors: readonly FieldProblem[]): boolean {
    this.refusals = problemsByField(errors);
    return this.refused.length > 0;
  }

  /** Their values in the fields that both changed, with what was typed set aside; other edits stay. */
  takeTheirs(object: ObjectMessage): void {
    const theirs = new Set(contested(this.against(object)).map(({ name }) => name));
    this.setAside = new Map([...this.setAside, ...[...this.edits].filter(([name]) => theirs.has(name))]);
    this.edits = new Map([...this.edits].filter(([name]) => !theirs.has(name)));
    this.began = object;
  }
}

function without<Value>(map: ReadonlyMap<string, Value>, name: string): ReadonlyMap<string, Value> {
  return map.has(name) ? new Map([...map].filter(([each]) => each !== name)) : map;
}
