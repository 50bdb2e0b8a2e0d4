// The queue: papers in the order that was chosen, with what became of each.

import { element } from "./element.js";

const MARKS = { open: "○", started: "◐", done: "●", cannot: "?" };
const ORDERS = { given: "as given", uncertainty: "most uncertain first", disagreement: "most disagreement first" };

export class Queue {
  constructor(server, { list, order, stages, opened }) {
    Object.assign(this, { server, list, order, opened });
    this.papers = [];
    const byStage = stages.map((each, index) => [each.stage, `question ${index + 1}: uncertain first`]);
    for (const [value, words] of [...Object.entries(ORDERS), ...byStage]) order.append(new Option(words, value));
    order.value = sessionStorage.getItem("order") ?? "given";
    order.addEventListener("change", () => {
      sessionStorage.setItem("order", order.value);
      this.load();
    });
  }

  async load() {
    this.papers = await this.server.get(`queue?order=${this.order.value}`);
    this.show(this.here);
  }

  show(here) {
    this.here = here;
    this.list.replaceChildren(...this.papers.map((each) => this.item(each)));
    this.list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }

  item({ id, title, year, why, state }) {
    const mark = element("span", { class: `mark ${state}`, title: state }, MARKS[state] ?? "○");
    const facts = element("span", { class: "quiet small" }, [year, why].filter(Boolean).join(" · "));
    const words = element("span", {}, element("span", { class: "title" }, title || id), facts);
    const link = element("a", { href: `#/papers/${encodeURIComponent(id)}`, ...(id === this.here ? { "aria-current": "page" } : {}) }, mark, words);
    link.addEventListener("click", () => this.opened());
    return element("li", {}, link);
  }

  became(id, state) {
    const found = this.papers.find((each) => each.id === id);
    if (!found || found.state === state) return;
    found.state = state;
    this.show(this.here);
  }

  next(id, by) {
    const at = this.papers.findIndex((each) => each.id === id);
    return this.papers[Math.min(Math.max(at + by, 0), this.papers.length - 1)]?.id;
  }

  // The next paper that is still to be labelled, around; undefined when there is none.
  nextOpen(id) {
    const at = this.papers.findIndex((each) => each.id === id);
    const after = [...this.papers.slice(at + 1), ...this.papers.slice(0, Math.max(at, 0))];
    return after.find((each) => each.state === "open" || each.state === "started")?.id;
  }
}
