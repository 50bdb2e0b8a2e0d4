// The paper's text, with the quotes marked where they stand. Everything of a paper is text, never markup.

import { element } from "./element.js";

export class Paper {
  constructor(into, chosen) {
    this.into = into;
    this.chosen = chosen; // called with the quotes of a mark
    this.paragraphs = [];
  }

  show(facts) {
    const body = facts.body ?? [];
    this.paragraphs = body.map((each) => ({ ...each, letters: [...each.text], quotes: [], node: null }));
    const nodes = [];
    let section = "";
    for (const each of this.paragraphs) {
      if (each.section !== section) nodes.push(element("h3", {}, (section = each.section)));
      nodes.push((each.node = element("p", { class: each.kind }, each.text)));
    }
    this.into.replaceChildren(...nodes);
  }

  // Places count in characters as Unicode has them; a page of a PDF has many paragraphs with one place.
  mark(quote) {
    const { place, start, end } = quote.evidence;
    const found = this.paragraphs.find(
      (each) => each.place === place && each.letters.slice(start, end).join("") === quote.evidence.quote,
    );
    if (!found) return;
    found.quotes.push(quote);
    found.node.replaceChildren(...pieces(found, this.chosen));
  }

  activate(quote) {
    for (const mark of this.into.querySelectorAll("mark")) mark.classList.toggle("active", mark.quotes.includes(quote));
  }

  go(quote) {
    this.activate(quote);
    const first = this.into.querySelector("mark.active");
    first?.scrollIntoView({ block: "center" });
    first?.focus({ preventScroll: true });
  }
}

// A paragraph cut where a quote begins or ends: several quotes may share some words.
function pieces({ letters, quotes }, chosen) {
  const cuts = new Set([0, letters.length]);
  for (const { evidence } of quotes) cuts.add(evidence.start).add(evidence.end);
  const at = [...cuts].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => {
    const start = at[index];
    const text = letters.slice(start, end).join("");
    const here = quotes.filter(({ evidence }) => evidence.start <= start && end <= evidence.end);
    return here.length ? marked(text, here, quotes, end, chosen) : document.createTextNode(text);
  });
}

function marked(text, here, quotes, end, chosen) {
  const numbers = [...new Set(here.filter(({ evidence }) => evidence.end === end).map(({ number }) => number))];
  const label = `Quote for question ${[...new Set(here.map(({ number }) => number))].join(", ")}`;
  const mark = element("mark", { tabindex: "0", role: "button", "aria-description": label }, text);
  if (numbers.length) mark.dataset.stages = numbers.sort().join(" ");
  mark.quotes = here;
  mark.addEventListener("click", () => chosen(here));
  mark.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    chosen(here);
  });
  return mark;
}
