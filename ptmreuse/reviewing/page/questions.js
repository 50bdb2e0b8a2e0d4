// The five questions about the open paper: what is answered, what is next, and the rules at hand.

import { fields, isYesNo, quotes } from "./draft.js";
import { element } from "./element.js";

const NUMBERS = { uses_deep_learning: 1, reuses_ptm: 2, names_ptms: 3, reuse_pattern: 4, science_step: 5 };

export const number = (stage) => NUMBERS[stage];

export class Questions {
  constructor(into, session, completion, acts) {
    Object.assign(this, { into, session, completion, acts });
    this.isWithRules = false;
  }

  // The values that digits choose in a field.
  options(field) {
    if (isYesNo(field)) return [{ value: true, label: "yes" }, { value: false, label: "no" }];
    const found = { reuse_pattern: this.session.patterns, science_step: this.session.steps }[field.stage] ?? [];
    return found.map(({ value, when }) => ({ value, label: value, when }));
  }

  show({ draft, at, machine, problems }) {
    const cards = [];
    fields(draft).forEach((field, index) => {
      const card = this.card(field, { draft, machine, problems, isHere: index === at });
      card.addEventListener("click", () => this.acts.goField(index, true));
      cards.push(card);
    });
    const told = problems.filter((each) => !fields(draft).some((field) => concerns(field, each)));
    cards.push(...told.map(({ message }) => element("p", { class: "bad", role: "alert" }, message)));
    this.into.replaceChildren(...cards);
    this.into.querySelector(".here")?.scrollIntoView({ block: "nearest" });
  }

  isWanting = (field, problems) => problems.some((each) => concerns(field, each));

  card(field, { draft, machine, problems, isHere }) {
    const model = draft.models[field.at];
    const nested = model && field.stage !== "names_ptms" ? " nested" : "";
    const card = element("div", { class: `field${nested}${isHere ? " here" : ""}`, "data-field": field.key, ...(isHere ? { "aria-current": "step" } : {}) });
    card.append(this.head(field, model));
    if (field.key === "models.new") card.append(this.completion.box);
    const options = this.options(field);
    if (options.length) card.append(this.choices(field, draft, options, isHere));
    for (const each of quotes(draft, field)) if (each.quote) card.append(this.quote(field, each, draft));
    if (isHere && quotes(draft, field).some((each) => !each.quote)) card.append(this.wanted());
    const said = isHere && machine ? told(machine, field, model) : "";
    if (said) card.append(this.said(said));
    for (const each of problems) if (concerns(field, each)) card.append(element("p", { class: "bad", role: "alert" }, each.message));
    if (isHere) card.append(this.rules(field));
    return card;
  }

  head(field, model) {
    const stage = this.session.stages.find((each) => each.stage === field.stage);
    const own = field.stage === "names_ptms" && model;
    const head = element("div", { class: "question" }, element("span", {}, `${number(field.stage)}. ${own ? model.name : stage.question}`));
    if (own && model.mention && model.mention !== model.name) head.append(element("span", { class: "quiet small" }, `“${model.mention}”`));
    if (own) head.append(button("×", `Remove ${model.name}`, () => this.acts.removeModel(field.at), "small-button"));
    return head;
  }

  choices(field, draft, options, isHere) {
    const chosen = values(draft, field);
    const row = element("div", { class: "choices", role: "group" });
    options.forEach(({ value, label, when }, index) => {
      const made = button(label, when ?? "", () => this.acts.choose(field, value), chosen.includes(value) ? `chosen ${label}` : "");
      made.setAttribute("aria-pressed", `${chosen.includes(value)}`);
      const key = isYesNo(field) ? label[0] : `${index + 1}`;
      if (isHere) made.append(" ", element("kbd", {}, key));
      row.append(made);
    });
    return row;
  }

  quote(field, { name, quote }, draft) {
    const at = quotes(draft, field).findIndex((each) => each.name === name && each.quote === quote);
    const words = element("button", { type: "button", class: "quote", title: "Show it in the text" }, element("span", {}, quote));
    if (name) words.prepend(element("b", {}, `${name}: `));
    words.addEventListener("click", () => this.acts.showQuote(quote));
    return element("div", { class: "quoted" }, words, button("×", "Remove this quote", () => this.acts.removeQuote(field, at), "small-button"));
  }

  wanted() {
    const made = button("Select its quote in the text, then ", "Take the selection as its quote", () => this.acts.evidence(), "wanted quoting small");
    made.append(element("kbd", {}, "e"));
    made.addEventListener("pointerdown", (event) => event.preventDefault());
    return made;
  }

  said(text) {
    const made = button(`Machine: ${text} `, "Take the machine’s answer", () => this.acts.take(), "wanted small");
    made.append(element("kbd", {}, "t"));
    return made;
  }

  rules(field) {
    const stage = this.session.stages.find((each) => each.stage === field.stage);
    const summary = element("summary", {}, "Rules ", element("kbd", {}, "r"));
    const list = element("ul", {}, ...(stage.rules ?? []).map((each) => element("li", {}, each)));
    const box = element("details", { class: "rules small" }, summary, list);
    for (const { label, when } of this.options(field)) if (when) list.append(element("li", {}, element("b", {}, `${label}: `), when));
    box.open = this.isWithRules;
    box.addEventListener("toggle", () => (this.isWithRules = box.open));
    return box;
  }
}

export function values(draft, field) {
  if (isYesNo(field)) return [draft[field.key].answer];
  const model = draft.models[field.at];
  if (field.stage === "reuse_pattern") return model.patterns.map((each) => each.pattern);
  return field.stage === "science_step" ? [model.step] : [];
}

// What the machine answers to a field, in words.
function told(machine, field, model) {
  if (isYesNo(field)) return { true: "yes", false: "no" }[machine[field.key]] ?? "";
  const same = machine.models.find((each) => each.name === model?.name);
  if (field.stage === "names_ptms") return machine.models.map((each) => each.name).join(", ");
  if (!same) return "";
  return field.stage === "science_step" ? same.step ?? "" : patternsOf(same).join(", ");
}

export const patternsOf = (model) => (model.patterns ?? []).map((each) => each.pattern ?? each);

// A problem is told at its field; what is wrong within a model at the nearest part of it.
function concerns(field, problem) {
  const told = problem.field.replaceAll(/\[(\d+)\]/g, ".$1");
  if (isYesNo(field)) return told.split(".")[0] === field.key;
  if (field.key === "models.new") return told === "models";
  const part = told.startsWith(`models.${field.at}.`) ? told.split(".")[2] : told === `models.${field.at}` ? "name" : null;
  if (part === null) return false;
  return { reuse_pattern: part === "patterns", science_step: part.startsWith("step"), names_ptms: !/^(patterns|step)/.test(part) }[field.stage];
}

function button(text, title, act, kind) {
  const made = element("button", { type: "button", class: kind, title, ...(text === "×" ? { "aria-label": title } : {}) }, text);
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    act();
  });
  return made;
}
