// The five answers as they come, and the models as a table.

import { element } from "./element.js";

export const STAGES = {
  uses_deep_learning: "Do the authors use deep learning?",
  reuses_ptm: "Do they reuse a published model?",
  names_ptms: "Which models?",
  reuse_pattern: "How is each reused?",
  science_step: "For which step of science?",
};
const NAMES = Object.keys(STAGES);
const REASONS = {
  evidence_not_found: "the quote that was given is not in the paper",
  no_model_named: "no model is named",
  not_answered: "no answer for this model",
  unparsable: "the reply could not be read",
  cut_short: "the reply was cut short",
  provider_refused: "the provider declined",
  too_long: "the paper is too long for this model",
  provider_error: "the provider failed",
  program_fault: "a fault of this program; please report it",
};

export class Answers {
  constructor({ stages, models, headline }, chosen) {
    Object.assign(this, { stages, models, headline, chosen });
    this.buttons = new Map(); // by quote
  }

  clear() {
    this.buttons.clear();
    this.headline.textContent = "";
    this.models.replaceChildren();
    this.stages.replaceChildren(...NAMES.map((stage) => this.card(stage, "…", "waiting")));
  }

  card(stage, value, kind) {
    const question = element("span", {}, `${NAMES.indexOf(stage) + 1}. ${STAGES[stage]}`);
    const shown = element("span", { class: `value ${kind}` }, value);
    return element("li", { class: kind, "data-stage": stage }, element("div", { class: "question" }, question, shown));
  }

  // The quotes of an answer, each shown once however many findings rest on it.
  show(answer) {
    const number = NAMES.indexOf(answer.stage) + 1;
    const isCounted = number > 2 && answer.value === "yes";
    const resolved = answer.findings.filter((each) => each.evidence).length;
    const card = this.card(answer.stage, isCounted ? `${resolved}` : answer.value, answer.value);
    if (answer.reason) card.append(element("p", { class: "found reason" }, REASONS[answer.reason] ?? answer.reason));
    const quotes = answer.findings.filter((each) => each.evidence).map((each) => ({ ...each, number }));
    for (const each of answer.findings) card.append(this.found(each, quotes));
    this.stages.querySelector(`[data-stage="${answer.stage}"]`).replaceWith(card);
    return quotes;
  }

  found(finding, quotes) {
    const box = element("div", { class: "found" });
    const told = finding.model && finding.value !== finding.model ? `${finding.model}: ${finding.value}` : finding.model;
    if (told) box.append(element("div", { class: "what" }, told));
    const quote = quotes.find((each) => each.evidence === finding.evidence);
    if (!finding.evidence) box.append(element("div", { class: "what reason" }, REASONS[finding.reason] ?? finding.reason));
    if (quote) box.append(this.button(quote));
    return box;
  }

  button(quote) {
    const words = element("span", {}, quote.evidence.quote);
    const button = element("button", { type: "button", class: "quote", title: quote.evidence.section }, words);
    button.addEventListener("click", () => this.chosen(quote));
    this.buttons.set(quote, button);
    return button;
  }

  // Go to the answer of a mark; of several, to the one behind that which is active.
  go(quotes) {
    const at = quotes.findIndex((each) => this.buttons.get(each)?.classList.contains("active"));
    const next = quotes[(at + 1) % quotes.length];
    this.activate(next);
    this.buttons.get(next)?.scrollIntoView({ block: "nearest" });
    this.buttons.get(next)?.focus({ preventScroll: true });
    return next;
  }

  activate(quote) {
    for (const [each, button] of this.buttons) button.classList.toggle("active", each === quote);
  }

  end(reply) {
    for (const card of this.stages.querySelectorAll(".waiting .value")) card.textContent = "not asked";
    this.headline.textContent = headline(reply);
    if (reply.models.length) this.models.replaceChildren(table(reply.models));
  }
}

function headline({ answers, models }) {
  const value = Object.fromEntries(answers.map((each) => [each.stage, each.value]));
  if (models.length) return `Reuses ${models.length === 1 ? "one model" : `${models.length} models`}.`;
  if (value.uses_deep_learning === "no") return "No deep learning by the authors, so no model is reused.";
  if (value.reuses_ptm === "no") return "Deep learning, but no published model is reused.";
  return "Unresolved: see the reasons below.";
}

function table(models) {
  const head = element("tr", {}, ...["Model", "Pattern", "Step"].map((each) => element("th", { scope: "col" }, each)));
  const rows = models.map((each) => {
    const name = element("th", { scope: "row" }, each.model);
    if (!each.in_catalogue) name.append(element("span", { class: "quiet small" }, " not in the catalogue"));
    const cells = [each.patterns.join(", ") || "unresolved", each.step || "unresolved"];
    return element("tr", {}, name, ...cells.map((cell) => element("td", {}, cell)));
  });
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
}
