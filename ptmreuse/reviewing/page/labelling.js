// One open paper: its text, its label as it grows, and what keys and buttons do to them.

import * as drafts from "./draft.js";
import { allTaken, taken } from "./machine.js";
import { number } from "./questions.js";
import { paperPath } from "./server.js";

export class Labelling {
  constructor({ server, saving, paper, questions, told, shown }) {
    Object.assign(this, { server, saving, paper, questions, told, shown }); // told a line, and when something changed
    this.id = null;
    this.draft = drafts.empty();
    this.machine = null;
    this.problems = [];
    this.at = 0;
  }

  get isOpen() {
    return this.id !== null;
  }

  get field() {
    return drafts.fields(this.draft)[this.at];
  }

  async open(id) {
    const told = await this.server.get(paperPath(id));
    const unsaved = this.saving.kept(id);
    this.id = id;
    this.facts = told;
    this.machine = told.machine;
    this.problems = [];
    this.draft = { ...drafts.empty(), ...(unsaved ?? told.label ?? {}) };
    this.paper.selected = null;
    this.paper.show(told);
    this.at = firstOpen(this.draft);
    this.show();
  }

  // The label as it is now, in the panel and in the text.
  show() {
    const all = drafts.fields(this.draft);
    this.at = Math.min(Math.max(this.at, 0), all.length - 1);
    this.questions.show(this);
    const mine = all.flatMap((field) =>
      drafts.quotes(this.draft, field).filter((each) => each.quote).map(({ quote }) => ({ quote, whose: "mine", number: number(field.stage) })),
    );
    const machine = (this.machine?.quotes ?? []).map(({ text, stage, ...place }) => ({ ...place, quote: text, whose: "machine", number: number(stage) }));
    this.paper.mark([...machine, ...mine]);
    this.shown();
  }

  change(draft) {
    if (draft === this.draft) return;
    this.draft = draft;
    this.problems = [];
    this.saving.keep(this.id, draft);
    this.show();
  }

  saved(id, { problems, machine }) {
    if (id !== this.id) return;
    const isNew = Boolean(machine) !== Boolean(this.machine);
    this.machine = machine ?? this.machine;
    this.problems = this.draft.state === "done" ? problems : [];
    if (this.problems.length) this.draft = { ...this.draft, state: "started" };
    if (isNew || this.problems.length) this.show();
  }

  go(at) {
    this.at = at;
    this.show();
  }

  goKey = (key) => this.go(drafts.fields(this.draft).findIndex((each) => each.key === key));

  // A "no" has no quote, so what comes next is asked at once; a "yes" waits for its quote.
  choose(field, value) {
    this.goKey(field.key);
    this.change(drafts.answered(this.draft, field, value));
    if (drafts.isYesNo(field) && value === false) this.go(drafts.fields(this.draft).length - 1);
  }

  digit(digit) {
    const option = this.questions.options(this.field)[digit - 1];
    if (option) this.choose(this.field, option.value);
  }

  yesNo(value) {
    if (drafts.isYesNo(this.field)) this.choose(this.field, value);
  }

  evidence() {
    const text = this.paper.selected?.text;
    if (!text) return this.told("Select the quote first: j and k move by sentence.");
    const length = [...text].length;
    if (length > drafts.MAX_QUOTE) return this.told(`A quote has at most ${drafts.MAX_QUOTE} characters; this has ${length}. Shift ← makes it shorter.`);
    if (!drafts.isYesNo(this.field) && !drafts.quotes(this.draft, this.field).length) return this.told("Answer first, then give its quote.");
    const { key } = this.field;
    this.change(drafts.quoted(this.draft, this.field, text));
    if (drafts.isFull(this.draft, this.field) && this.field.key === key) this.go(this.at + 1);
  }

  unquote() {
    this.change(drafts.unquoted(this.draft, this.field));
  }

  removeQuote(field, at) {
    this.change(drafts.placed(this.draft, field, at, ""));
  }

  // The mention is what the paper writes: what was typed, the name, or one of its other names.
  addModel({ name, aliases = [] }, typed) {
    if (this.draft.models.some((each) => each.name === name)) return this.told(`${name} is already in the list.`);
    const mention = [typed, name, ...aliases].find((each) => each.length > 2 && this.paper.has(each)) ?? "";
    this.change(drafts.withModel(this.draft, name, mention));
    this.goKey(`models.${this.draft.models.length - 1}.name`);
  }

  removeModel(at) {
    if (at === undefined || !this.draft.models[at]) return;
    this.change(drafts.withoutModel(this.draft, at));
    this.goKey("models.new");
  }

  take() {
    const { field } = this;
    if (!this.machine) return this.told("The machine’s answer is not shown.");
    this.change(taken(this.draft, field, this.machine));
    if (field.key !== "models.new") this.go(this.at + 1);
  }

  takeAll() {
    if (!this.machine) return this.told("The machine’s answer is not shown.");
    this.change(allTaken(this.draft, this.machine));
    this.go(drafts.fields(this.draft).length - 1);
  }

  note(text) {
    if (text !== this.draft.note) this.change({ ...this.draft, state: this.draft.state === "open" ? "started" : this.draft.state, note: text });
  }

  // Whether it is saved and nothing is missing; what is missing is told at its question.
  async end(state, reason = "") {
    this.change({ ...this.draft, state, reason });
    await this.saving.start();
    if (!this.problems.length) return true;
    const all = drafts.fields(this.draft);
    const wanting = all.findIndex((field) => this.questions.isWanting(field, this.problems));
    if (wanting >= 0) this.go(wanting);
    return false;
  }

  async undo() {
    await this.saving.start();
    const { label } = await this.server.post(paperPath(this.id, "/undo"));
    this.draft = { ...drafts.empty(), ...(label ?? {}) };
    this.problems = [];
    this.show();
  }
}

// Where an opened label goes on.
function firstOpen(draft) {
  const all = drafts.fields(draft);
  const open = all.findIndex((field) => {
    if (drafts.isYesNo(field)) return draft[field.key].answer === null;
    const model = draft.models[field.at];
    return model && ((field.stage === "reuse_pattern" && !model.patterns.length) || (field.stage === "science_step" && !model.step));
  });
  return open < 0 ? all.length - 1 : open;
}
