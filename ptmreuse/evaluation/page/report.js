"use strict";
// The failures browser. Everything that comes from a paper goes through textContent: it is data, never markup.
const { failures, texts, papers } = JSON.parse(document.getElementById("failures-data").textContent);
const filters = ["data", "cell", "view", "stage", "kind"].map((name) => document.getElementById(`by-${name}`)).filter(Boolean);
const search = document.getElementById("by-text");
const list = document.getElementById("failures-list");
const count = document.getElementById("failures-count");
const more = document.getElementById("failures-more");
const STEP = 40;
let found = [];
let drawn = 0;

function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

function searched(failure) {
  failure.all ??= [
    papers[failure.paper].title, papers[failure.paper].source, failure.model, failure.cell, failure.kind,
    ...failure.true, ...failure.given, ...failure.labelled, ...failure.quotes.map((quote) => quote.text),
    texts[failure.text],
  ].join("\n").toLowerCase();
  return failure.all;
}

function select() {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  found = failures.filter((failure) =>
    filters.every((field) => !field.value || failure[field.name] === field.value)
    && wanted.every((word) => searched(failure).includes(word)));
  list.replaceChildren();
  drawn = 0;
  draw();
  const set = [...filters, search].filter((field) => field.value).map((field) => [field.name, field.value]);
  const hash = set.length ? `#failures?${new URLSearchParams(set)}` : location.hash.startsWith("#failures?") ? "#failures" : null;
  if (hash !== null) try { history.replaceState(null, "", hash); } catch { /* a page in a frame has no history */ }
}

function draw() {
  for (const failure of found.slice(drawn, drawn + STEP)) {
    const before = found[drawn - 1];
    if (!before || before.stage !== failure.stage || before.kind !== failure.kind) {
      list.append(make("h3", "group", failure.stage, make("span", "kind", failure.kind)));
    }
    list.append(item(failure));
    drawn += 1;
  }
  count.textContent = found.length === failures.length
    ? `${failures.length.toLocaleString("en")} wrong answers`
    : `${found.length.toLocaleString("en")} of ${failures.length.toLocaleString("en")} wrong answers`;
  const left = found.length - drawn;
  more.hidden = left <= 0;
  more.textContent = `Show ${Math.min(left, STEP)} more (${left.toLocaleString("en")} left)`;
}

function answer(values) {
  return values.length ? values.join(", ") : "nothing";
}

function given(failure) {
  if (failure.given.length) return answer(failure.given);
  return failure.kind.startsWith("unresolved") ? "unresolved" : "nothing";
}

function item(failure) {
  const title = papers[failure.paper].title || papers[failure.paper].source;
  const verdict = make("span", "verdict",
    failure.model && make("b", "", `${failure.model}: `),
    make("span", "is-answer", given(failure)), " should be ", make("span", "is-label", answer(failure.true)));
  const summary = make("summary", "", make("span", "title", title), verdict,
    make("span", "where", [failure.data, failure.cell, failure.view].filter(Boolean).join(" · ")));
  const details = make("details", "failure", summary);
  details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(body(failure)), { once: true });
  return details;
}

function body(failure) {
  const paper = papers[failure.paper];
  const facts = make("dl", "");
  const tell = (name, ...values) => values.length && facts.append(make("dt", "", name), ...values.map((v) => make("dd", "", v)));
  tell("Label", make("span", "is-label", answer(failure.true)));
  tell("Answer", make("span", "is-answer", given(failure)));
  tell("Kind of error", failure.kind);
  tell("Paper", [paper.source, paper.field, paper.year].filter(Boolean).join(" · "));
  tell("Quotes of the answer", ...failure.quotes.map((quote) => quote.verbatim
    ? make("span", "", make("q", "", quote.text), make("span", "where", ` ${quote.place}`))
    : "a quote that is not in the paper"));
  tell("Labelled quotes", ...failure.labelled.map((quote) => make("q", "", quote)));
  return make("div", "body", facts, make("h4", "", "What the stage was shown"), passages(failure));
}

function passages(failure) {
  const text = texts[failure.text];
  const box = make("div", "passages");
  box.tabIndex = 0;
  let at = 0;
  for (const [start, end, kind] of failure.marks) {
    box.append(text.slice(at, start), make("mark", kind, text.slice(start, end)));
    at = end;
  }
  box.append(text.slice(at));
  return box;
}

function restore() {
  const given = new URLSearchParams(location.hash.startsWith("#failures?") ? location.hash.slice(10) : "");
  for (const field of [...filters, search]) field.value = given.get(field.name) ?? "";
}

let waiting;
search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(select, 150); });
for (const field of filters) field.addEventListener("change", select);
more.addEventListener("click", () => {
  const first = drawn;
  draw();
  list.querySelectorAll("summary")[first]?.focus();
});
document.getElementById("failures-reset").addEventListener("click", () => {
  for (const field of [...filters, search]) field.value = "";
  select();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, select")) return;
  event.preventDefault();
  search.focus();
});
restore();
select();
