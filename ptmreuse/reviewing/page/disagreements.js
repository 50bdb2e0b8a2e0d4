// Where annotators differ, and the rulings: who decided what, and why.

import { element } from "./element.js";

export class Disagreements {
  constructor(into, server, session) {
    Object.assign(this, { into, server, stages: session.stages });
    this.values = { reuse_pattern: session.patterns, science_step: session.steps };
    this.at = 0;
    this.chosen = null;
  }

  async open() {
    this.all = await this.server.get("disagreements");
    const open = this.all.findIndex((each) => !each.ruling);
    this.at = Math.max(open, 0);
    this.chosen = null;
    this.show();
  }

  get here() {
    return this.all?.[this.at];
  }

  show() {
    const open = this.all.filter((each) => !each.ruling).length;
    const count = this.all.length ? `${open} of ${this.all.length} to decide` : "The annotators agree on every paper that both have labelled.";
    const cards = this.all.map((each, index) => this.card(each, index));
    this.into.replaceChildren(element("h2", {}, "Disagreements"), element("p", { class: "quiet" }, count), element("ol", { class: "cards" }, ...cards));
    this.into.querySelector(".here")?.scrollIntoView({ block: "nearest" });
  }

  card(each, index) {
    const isHere = index === this.at;
    const question = this.stages.find((stage) => stage.stage === each.stage)?.question ?? each.stage;
    const title = element("a", { href: `#/papers/${encodeURIComponent(each.id)}` }, each.title || each.id);
    const head = element("div", { class: "question" }, element("span", {}, [question, each.model].filter(Boolean).join(" · ")), state(each));
    const card = element("li", { class: `field${isHere ? " here" : ""}` }, head, element("p", { class: "small" }, title), this.answers(each, index, isHere));
    if (each.ruling) card.append(element("p", { class: "ruling" }, element("b", {}, each.ruling.decision), ` — ${each.ruling.by}: ${each.ruling.why}`));
    if (isHere) card.append(this.why(each));
    card.addEventListener("click", (event) => !event.target.closest("a, input, button") && this.go(index));
    return card;
  }

  answers(each, index, isHere) {
    const rows = this.options(each).map(([answer, names], at) => {
      const isChosen = isHere && this.chosen === answer;
      const kind = isChosen ? "chosen" : names.length ? "" : "quiet";
      const button = element("button", { type: "button", class: kind, "aria-pressed": `${isChosen}` }, `${answer || "nothing"} `);
      button.append(element("span", { class: "by small" }, names.join(", ")));
      if (isHere) button.append(" ", element("kbd", {}, `${at + 1}`));
      button.addEventListener("click", () => this.choose(index, at));
      return button;
    });
    return element("div", { class: "choices" }, ...rows);
  }

  // Each different answer once, with who gave it; then what else could be decided.
  options({ answers, stage }) {
    const found = new Map();
    for (const [name, answer] of Object.entries(answers)) found.set(answer, [...(found.get(answer) ?? []), name]);
    for (const { value } of this.values[stage] ?? []) if (!found.has(value)) found.set(value, []);
    return [...found];
  }

  why(each) {
    const input = element("input", { type: "text", id: "why", placeholder: "Why? Enter decides", "aria-label": "Why this is decided so" });
    input.addEventListener("keydown", (event) => event.key === "Enter" && this.decide(each, input.value.trim()));
    return input;
  }

  go(index) {
    this.at = Math.min(Math.max(index, 0), this.all.length - 1);
    this.chosen = null;
    this.show();
  }

  choose(index, at) {
    const option = this.all[index] && this.options(this.all[index])[at];
    if (!option) return;
    this.at = index;
    this.chosen = option[0];
    this.show();
    this.into.querySelector("#why").focus();
  }

  async decide({ id, stage, model }, why) {
    if (this.chosen === null || !why) return;
    const ruling = { id, stage, model, decision: this.chosen, why, by: this.server.annotator };
    await this.server.post("disagreements", ruling);
    await this.open();
    this.into.focus();
  }
}

const state = (each) => element("span", { class: `value ${each.ruling ? "yes" : "unresolved"}` }, each.ruling ? "decided" : "open");
