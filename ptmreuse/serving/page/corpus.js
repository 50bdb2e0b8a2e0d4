// The field for a DOI of the corpus, with the papers that match below it: a combobox as ARIA's practices have it.

import { element } from "./element.js";

const PAUSE = 150; // milliseconds without a key before the corpus is asked

export class Corpus {
  constructor({ field, list, note, token, locked, chosen }) {
    Object.assign(this, { field, list, note, token, locked, chosen });
    this.active = -1;
    field.addEventListener("input", () => this.later());
    field.addEventListener("focus", () => this.later());
    field.addEventListener("blur", () => this.close());
    field.addEventListener("keydown", (event) => this.key(event));
    // so that the field keeps the focus, and the list stays until the click has come
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  // The answers to older words may come later than those to newer ones.
  async look() {
    this.looking?.abort();
    const { signal } = (this.looking = new AbortController());
    const token = this.token();
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    try {
      const response = await fetch(`/v1/corpus?q=${encodeURIComponent(this.field.value.trim().slice(0, 300))}`, { headers, signal });
      if (response.status === 401) this.locked();
      if (response.ok && document.activeElement === this.field) this.show(await response.json());
    } catch {
      this.close(); // without matches the field still takes a DOI
    }
  }

  show({ papers, without_doi, unreadable, is_complete, matches }) {
    const left = [without_doi && `${without_doi} without a DOI`, unreadable && `${unreadable} unreadable`].filter(Boolean);
    this.note.textContent = `${papers} papers${is_complete ? "" : " so far"}${left.length ? `; not among them ${left.join(", ")}` : ""}`;
    this.list.replaceChildren(...matches.map((each, at) => this.option(each, at)));
    this.activate(-1);
    this.list.hidden = !matches.length;
    this.field.setAttribute("aria-expanded", String(matches.length > 0));
  }

  option({ doi, title }, at) {
    const words = [element("span", {}, title || doi), element("span", { class: "quiet small" }, doi)];
    const made = element("li", { role: "option", id: `match-${at}`, "aria-selected": "false" }, ...words);
    made.addEventListener("click", () => {
      this.field.blur(); // a phone's keyboard would hide the answers
      this.choose(doi);
    });
    made.doi = doi;
    return made;
  }

  choose(doi) {
    this.field.value = doi;
    this.close();
    this.chosen(doi);
  }

  close() {
    clearTimeout(this.timer);
    this.looking?.abort();
    this.activate(-1);
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
  }

  activate(at) {
    this.active = at;
    [...this.list.children].forEach((each, index) => each.setAttribute("aria-selected", String(index === at)));
    const option = this.list.children[at];
    if (!option) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  key(event) {
    const number = this.list.hidden ? 0 : this.list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!number) return this.later();
      // one place more than there are options: that of the field itself
      this.activate(((this.active + 1 + step + number + 1) % (number + 1)) - 1);
    } else if (event.key === "Escape") {
      this.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const doi = this.list.children[this.active]?.doi ?? this.field.value.trim();
      if (doi) this.choose(doi);
    }
  }
}
