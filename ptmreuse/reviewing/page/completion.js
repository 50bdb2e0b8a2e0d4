// A field for a model's name that completes from the catalogue; any other name may be given as well.

import { element } from "./element.js";

export class Completion {
  constructor(server, { taken, left }) {
    Object.assign(this, { server, taken, left }); // called with (model, typed), and when the field is left
    this.input = element("input", {
      type: "text", id: "model", role: "combobox", placeholder: "Name of a model", autocomplete: "off", spellcheck: "false",
      "aria-label": "Name of a reused model", "aria-expanded": "false", "aria-controls": "models-found", "aria-autocomplete": "list",
    });
    this.list = element("ul", { id: "models-found", role: "listbox", "aria-label": "Models of the catalogue" });
    this.list.hidden = true;
    this.box = element("div", { class: "completion" }, this.input, this.list);
    this.found = [];
    this.at = 0;
    this.input.addEventListener("input", () => this.look());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => (this.list.hidden = true));
  }

  async look() {
    const typed = this.input.value.trim();
    const found = typed ? await this.server.get(`models?q=${encodeURIComponent(typed)}`).catch(() => []) : [];
    if (typed !== this.input.value.trim()) return;
    this.looked = typed;
    const isKnown = found.some((each) => each.name.toLowerCase() === typed.toLowerCase());
    this.found = typed && !isKnown ? [...found, { name: typed, aliases: [], kind: "not in the catalogue" }] : found;
    this.at = 0;
    this.show();
  }

  show() {
    this.list.replaceChildren(...this.found.map((each, index) => this.option(each, index)));
    this.list.hidden = !this.found.length;
    this.input.setAttribute("aria-expanded", `${this.found.length > 0}`);
    this.input.setAttribute("aria-activedescendant", this.found.length ? `model-${this.at}` : "");
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  option(model, index) {
    const about = [model.kind, ...(model.aliases ?? []).slice(0, 3)].filter(Boolean).join(" · ");
    const item = element("li", { id: `model-${index}`, role: "option", "aria-selected": `${index === this.at}` }, model.name, " ");
    item.append(element("span", { class: "quiet small" }, about));
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.take(index);
    });
    return item;
  }

  async key(event) {
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") this.at = (this.at + (key === "ArrowDown" ? 1 : -1) + this.found.length) % (this.found.length || 1);
    else if (key !== "Enter" && key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (key === "Enter" && this.input.value.trim()) {
      await this.settle();
      return this.take(this.at);
    }
    if (key === "Enter" || key === "Escape") return this.leave();
    this.show();
  }

  // Who types faster than the service answers still gets what was typed.
  async settle() {
    const typed = this.input.value.trim();
    if (this.looked !== typed) await this.look();
  }

  take(index) {
    const typed = this.input.value.trim();
    const model = this.found[index];
    this.leave();
    if (model) this.taken(model, typed);
  }

  leave() {
    this.input.value = "";
    this.found = [];
    this.looked = "";
    this.show();
    this.input.blur();
    this.left();
  }
}
