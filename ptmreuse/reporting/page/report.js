"use strict";
// Models and papers to browse. Everything that comes from a paper goes through textContent: it is data, never markup.
const { papers, models, patterns } = JSON.parse(document.getElementById("report-data").textContent);
const byId = (id) => document.getElementById(id);
const STEP = 40;

function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== "" && child !== undefined));
  return element;
}

function counted(found, all, what) {
  const number = all.toLocaleString("en");
  return found === all ? `${number} ${what}` : `${found.toLocaleString("en")} of ${number} ${what}`;
}

function words(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function offer(button, left) {
  button.hidden = left <= 0;
  button.textContent = `Show ${Math.min(left, STEP)} more (${left.toLocaleString("en")} left)`;
}

// Models: name, family, in the catalogue, papers, instances, one count per pattern, first and last year.
const columns = ["model", "family", null, "papers", "instances", ...patterns, "first year", "last year"];
const table = byId("models-table");
const order = { at: 3, down: true };
let listed = [];
let rows = 0;

function heads() {
  columns.forEach((title, at) => {
    if (title === null) return;
    const button = make("button", "", title);
    button.type = "button";
    const head = make("th", at > 2 ? "number" : "", button);
    head.scope = "col";
    head.dataset.at = at;
    button.addEventListener("click", () => {
      order.down = order.at === at ? !order.down : at > 2;
      order.at = at;
      listModels();
    });
    table.tHead.rows[0].append(head);
  });
}

function compared(a, b) {
  const [x, y] = [a[order.at], b[order.at]];
  if (x === null || y === null) return (x === null) - (y === null);
  const found = typeof x === "string" ? x.localeCompare(y) : x - y;
  return order.down ? -found : found;
}

function listModels() {
  const wanted = words(byId("model-text").value);
  listed = models.filter((model) => wanted.every((word) => `${model[0]} ${model[1]}`.toLowerCase().includes(word)));
  if (order.at !== 3 || !order.down) listed.sort(compared);  // as given: by papers, instances and name
  for (const head of table.tHead.rows[0].cells) {
    const here = Number(head.dataset.at) === order.at;
    head.setAttribute("aria-sort", here ? (order.down ? "descending" : "ascending") : "none");
  }
  table.tBodies[0].replaceChildren();
  rows = 0;
  drawModels();
}

function drawModels() {
  for (const model of listed.slice(rows, rows + STEP)) table.tBodies[0].append(modelRow(model));
  rows = Math.min(rows + STEP, listed.length);
  byId("models-count").textContent = counted(listed.length, models.length, models.length === 1 ? "model" : "models");
  offer(byId("models-more"), listed.length - rows);
}

function modelRow(model) {
  const name = make("button", "link", model[0]);
  name.type = "button";
  name.addEventListener("click", () => { choose(model[0]); byId("papers").scrollIntoView(); byId("model-chip").focus({ preventScroll: true }); });
  const head = make("th", "", name);
  head.scope = "row";
  const bar = make("span", "bar");
  bar.style.width = `${(5 * model[3]) / models[0][3]}rem`;
  const row = make("tr", "", head, make("td", "", model[2] ? model[1] : `${model[1]} (not in the catalogue)`));
  row.append(make("td", "number", bar, model[3].toLocaleString("en")));
  row.append(...model.slice(4).map((value, at) =>
    make("td", "number", value === null ? "–" : at < patterns.length + 1 ? value.toLocaleString("en") : String(value))));
  return row;
}

// Papers.
const filters = ["answer", "field", "year", "pattern", "step"].map((name) => byId(`by-${name}`)).filter(Boolean);
const search = byId("by-text");
const list = byId("papers-list");
const chip = byId("model-chip");
let model = "";
let found = [];
let drawn = 0;

function searched(paper) {
  paper.all ??= [
    paper.title, paper.source, paper.doi, paper.journal, paper.field, paper.year, paper.reason, paper.detail,
    ...[...(paper.deep ?? []), ...(paper.reuse ?? [])].map((quote) => quote[0]),
    ...(paper.models ?? []).flatMap((each) => [each.model, each.mention, ...quotesOf(each).map((quote) => quote[0])]),
  ].filter(Boolean).join("\n").toLowerCase();
  return paper.all;
}

function quotesOf(each) {
  return ["mention", "pattern", "step"].flatMap((name) => each[`${name}_quotes`] ?? []);
}

function fits(paper, field) {
  if (!field.value) return true;
  if (field.name !== "pattern" && field.name !== "step") return paper[field.name] === field.value;
  return (paper.models ?? []).some((each) =>
    (!model || each.model === model) && (each[field.name] ?? "").split(";").includes(field.value));
}

function select() {
  const wanted = words(search.value);
  found = papers.filter((paper) => filters.every((field) => fits(paper, field))
    && (!model || (paper.models ?? []).some((each) => each.model === model))
    && wanted.every((word) => searched(paper).includes(word)));
  chip.hidden = !model;
  chip.textContent = `Model: ${model} ✕`;
  chip.setAttribute("aria-label", `Model ${model}; show papers of all models`);
  list.replaceChildren();
  drawn = 0;
  draw();
  remember();
}

function remember() {
  const set = [...filters, search].filter((field) => field.value).map((field) => [field.name, field.value]);
  if (model) set.push(["model", model]);
  const hash = set.length ? `#papers?${new URLSearchParams(set)}` : location.hash.startsWith("#papers?") ? "#papers" : null;
  if (hash !== null) try { history.replaceState(null, "", hash); } catch { /* a page in a frame has no history */ }
}

function draw() {
  list.append(...found.slice(drawn, drawn + STEP).map(item));
  drawn = Math.min(drawn + STEP, found.length);
  byId("papers-count").textContent = counted(found.length, papers.length, papers.length === 1 ? "paper" : "papers");
  offer(byId("papers-more"), found.length - drawn);
}

function kind(answer) {
  return answer === "reuses a model" ? "reuse" : /unresolved|unreadable|not asked/.test(answer) ? "open" : "";
}

function item(paper) {
  const verdict = make("span", "verdict", make("span", `answer-tag ${kind(paper.answer)}`, paper.answer),
    paper.models ? ` ${paper.models.map((each) => each.model).join(", ")}` : "");
  const summary = make("summary", "", make("span", "title", paper.title || paper.source), verdict,
    make("span", "where", [paper.journal, paper.year, paper.field].filter(Boolean).join(" · ")));
  const details = make("details", "failure", summary);
  details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(body(paper)), { once: true });
  return details;
}

function body(paper) {
  const facts = make("dl", "");
  const tell = (name, value) => value && facts.append(make("dt", "", name), make("dd", "", value));
  tell("File", paper.source);
  tell("DOI", paper.doi && linked(paper.doi));
  tell("Reason", paper.reason);
  tell("Detail", paper.detail);
  return make("div", "body", facts,
    ...told([
      ["Do the authors use deep learning?", paper.deep && "yes", paper.deep],
      ["Do they reuse a published model?", paper.reuse && "yes", paper.reuse],
    ]),
    ...(paper.models ?? []).flatMap(reused));
}

function linked(doi) {
  if (!/^10\.\d{4,9}\/\S+$/.test(doi)) return doi;
  const link = make("a", "", doi);
  link.href = `https://doi.org/${encodeURIComponent(doi).replaceAll("%2F", "/")}`;
  link.rel = "noreferrer noopener";
  return link;
}

// Questions with answer and quotes; those that follow each other with the same quotes share them.
function told(asked) {
  const known = asked.filter(([, answer]) => answer);
  const same = (at) => known[at + 1] && JSON.stringify(known[at][2]) === JSON.stringify(known[at + 1][2]);
  return known.flatMap(([question, answer, quotes], at) => [
    make("p", "asked", `${question} `, make("b", "", answer)),
    ...(same(at) ? [] : (quotes ?? []).map(evidence)),
  ]);
}

function reused(each) {
  const open = (name) => (each[name] ?? "not asked").replaceAll(";", ", ");
  return [
    make("h4", "", each.model),
    ...told([
      ["Named as", each.mention ?? each.model, each.mention_quotes],
      ["How?", open("pattern"), each.pattern_quotes],
      ["For which step?", open("step"), each.step_quotes],
    ]),
    each.reason ? make("p", "note", `Unresolved: ${each.reason}`) : "",
  ].filter(Boolean);
}

// A place is section · where in the file · characters, and the section may have such dots of its own.
function evidence([quote, place]) {
  const parts = place.split(" · ");
  const spot = parts.splice(-2).join(" · ");
  return make("div", "evidence", parts.length ? make("div", "section", parts.join(" · ")) : "",
    make("blockquote", "", make("q", "", quote)), make("div", "spot", spot));
}

function choose(name) {
  model = name;
  select();
}

function restore() {
  const given = new URLSearchParams(location.hash.startsWith("#papers?") ? location.hash.slice(8) : "");
  for (const field of [...filters, search]) field.value = given.get(field.name) ?? "";
  model = given.get("model") ?? "";
}

function soon(act) {
  let waiting;
  return () => { clearTimeout(waiting); waiting = setTimeout(act, 150); };
}

function go(button, container, act) {
  button.addEventListener("click", () => {
    const first = container().length;
    act();
    (container()[first]?.querySelector("summary, button") ?? button).focus();
  });
}

search.addEventListener("input", soon(select));
for (const field of filters) field.addEventListener("change", select);
go(byId("papers-more"), () => list.children, draw);
chip.addEventListener("click", () => { choose(""); search.focus(); });
byId("papers-reset").addEventListener("click", () => {
  for (const field of [...filters, search]) field.value = "";
  choose("");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, select")) return;
  event.preventDefault();
  search.focus();
});
if (table) {
  heads();
  byId("model-text").addEventListener("input", soon(listModels));
  go(byId("models-more"), () => table.tBodies[0].rows, drawModels);
  listModels();
}
restore();
select();
if (location.hash.startsWith("#papers?")) byId("papers").scrollIntoView();
