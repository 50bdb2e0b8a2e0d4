// The paper's text: passages first, quotes marked where they stand, and a selection that keys and mouse move alike.

import { element } from "./element.js";
import { offsets, select } from "./places.js";
import { sentences, trimmed } from "./sentences.js";

export class Paper {
  constructor(into, chosen) {
    this.into = into;
    this.chosen = chosen; // called with what is selected, or null
    this.isPassagesFirst = true;
    this.selected = null; // { paragraph, start, end, text } in UTF-16 units of a paragraph
    this.paragraphs = [];
    document.addEventListener("selectionchange", () => this.look());
  }

  show({ paragraphs, passages }) {
    this.passages = new Set(passages);
    this.paragraphs = paragraphs.map((each, index) => ({ ...each, index, marks: [], sentences: sentences(each.text) }));
    for (const each of this.paragraphs) each.node = element("p", { class: each.kind, "data-paragraph": `${each.index}` });
    this.lay();
  }

  // Passages and then the rest, or everything as the paper has it.
  lay() {
    const [first, rest] = [[], []];
    for (const each of this.paragraphs) (this.passages.has(each.index) ? first : rest).push(each);
    const isSplit = this.isPassagesFirst && first.length > 0 && rest.length > 0;
    this.ordered = isSplit ? [...first, ...rest] : this.paragraphs;
    const nodes = isSplit ? [...headed(first), element("h3", { class: "part" }, "The rest of the paper"), ...headed(rest)] : headed(this.ordered);
    for (const each of this.paragraphs) {
      each.node.classList.toggle("passage", this.passages.has(each.index));
      each.node.replaceChildren(...pieces(each));
    }
    this.into.replaceChildren(...nodes);
  }

  // Marks are { quote, paragraph?, start?, end?, whose, number }; those without a place are looked for.
  mark(marks) {
    for (const each of this.paragraphs) each.marks = [];
    for (const each of marks) this.place(each);
    const kept = this.selected;
    for (const each of this.paragraphs) each.node.replaceChildren(...pieces(each));
    const isTyping = document.activeElement?.matches("input, textarea");
    if (kept && !isTyping) select(this.paragraphs[kept.paragraph].node, kept.start, kept.end);
  }

  place(mark) {
    const there = this.paragraphs[mark.paragraph];
    const at = there ? units(there.text, mark.start) : -1;
    if (there?.text.startsWith(mark.quote, at)) return there.marks.push({ ...mark, start: at, end: at + mark.quote.length });
    const found = this.paragraphs.find((each) => each.text.includes(mark.quote));
    const start = found?.text.indexOf(mark.quote);
    return found?.marks.push({ ...mark, start, end: start + mark.quote.length });
  }

  look() {
    const selection = getSelection();
    const node = selection.anchorNode && this.into.contains(selection.anchorNode) && selection.rangeCount > 0;
    if (!node) return;
    const range = selection.getRangeAt(0);
    const holder = (range.startContainer.nodeType === Node.TEXT_NODE ? range.startContainer.parentElement : range.startContainer).closest?.("p[data-paragraph]");
    const found = holder && offsets(holder, range);
    this.selected = found && this.cut(Number(holder.dataset.paragraph), ...found);
    this.chosen(this.selected);
  }

  cut(paragraph, start, end) {
    const { text } = this.paragraphs[paragraph];
    const [from, to] = trimmed(text, start, end);
    return from < to ? { paragraph, start: from, end: to, text: text.slice(from, to) } : null;
  }

  go(paragraph, start, end) {
    const { node } = this.paragraphs[paragraph];
    select(node, start, end);
    this.selected = this.cut(paragraph, start, end);
    const box = getSelection().getRangeAt(0).getBoundingClientRect();
    const pane = this.into.closest("article").getBoundingClientRect();
    const floor = Math.min(pane.bottom, innerHeight - covered());
    if (box.top < Math.max(pane.top, 0) + 60 || box.bottom > floor - 40) node.scrollIntoView({ block: box.height > 300 ? "start" : "center" });
    this.chosen(this.selected);
  }

  // The sentence `by` places on from the selection; the first one when nothing is selected.
  step(by) {
    const all = this.ordered.flatMap((each) => each.sentences.map(([start, end]) => ({ paragraph: each.index, start, end })));
    const here = this.selected;
    const at = here ? all.findIndex((each) => each.paragraph === here.paragraph && each.end > here.start) : -1;
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next) this.go(next.paragraph, next.start, next.end);
  }

  // The next mark of someone, in reading order and around.
  stepMark(whose, by) {
    const all = this.ordered.flatMap((each) =>
      each.marks.filter((mark) => mark.whose === whose).map(({ start, end }) => ({ paragraph: each.index, start, end })).sort((a, b) => a.start - b.start),
    );
    const at = all.findIndex((each) => this.selected && each.paragraph === this.selected.paragraph && each.start === this.selected.start);
    const next = all.at(at < 0 && by < 0 ? -1 : (at + by) % all.length);
    if (next) this.go(next.paragraph, next.start, next.end);
  }

  // The next sentence that has the words, around; whether there is one.
  find(words) {
    const wanted = words.toLowerCase();
    const all = this.ordered.flatMap((each) => each.sentences.map(([start, end]) => ({ ...this.cut(each.index, start, end) })));
    const at = all.findIndex((each) => this.selected && each.paragraph === this.selected.paragraph && each.end > this.selected.start);
    const found = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((each) => each.text.toLowerCase().includes(wanted));
    if (found) this.go(found.paragraph, found.start, found.end);
    return Boolean(found);
  }

  goQuote(quote) {
    const found = this.paragraphs.find((each) => each.text.includes(quote));
    const start = found?.text.indexOf(quote);
    if (found) this.go(found.index, start, start + quote.length);
  }

  has = (words) => this.paragraphs.some((each) => each.text.includes(words));
}

const covered = () => (matchMedia("(max-width: 60rem)").matches ? document.getElementById("questions").offsetHeight : 0);

function headed(paragraphs) {
  let section = "";
  return paragraphs.flatMap((each) => {
    if (each.section === section) return [each.node];
    return [element("h3", {}, (section = each.section)), each.node];
  });
}

// The service counts characters as Unicode has them, the browser in UTF-16 units.
const units = (text, characters) => [...text].slice(0, characters).join("").length;

// A paragraph cut where a mark begins or ends: several may share some words.
function pieces({ text, marks }) {
  const cuts = new Set([0, text.length, ...marks.flatMap(({ start, end }) => [start, end])]);
  const at = [...cuts].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => {
    const start = at[index];
    const here = marks.filter((each) => each.start <= start && end <= each.end);
    return here.length ? marked(text.slice(start, end), here, end) : document.createTextNode(text.slice(start, end));
  });
}

function marked(text, here, end) {
  const whose = here.some((each) => each.whose === "mine") ? "mine" : "machine";
  const mark = element("mark", { class: whose }, text);
  const numbers = [...new Set(here.filter((each) => each.end === end).map(({ number }) => number))];
  if (numbers.length) mark.dataset.stages = numbers.sort().join(" ");
  return mark;
}
