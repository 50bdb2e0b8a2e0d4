// The page: a paper in, five answers out, each tied to its quote in the text.

import { Answers } from "./answers.js";
import { Problem, ask } from "./ask.js";
import { csv, give, json } from "./copy.js";
import { Corpus } from "./corpus.js";
import { Paper } from "./paper.js";

const TYPES = { xml: "application/xml", nxml: "application/xml", tei: "application/tei+xml", pdf: "application/pdf", txt: "text/plain", md: "text/markdown", markdown: "text/markdown" };
const by = (id) => document.getElementById(id);
const [form, text, file, status, problem, result] = ["form", "text", "file", "status", "problem", "result"].map(by);

const paper = new Paper(by("body"), (quotes) => paper.activate(answers.go(quotes)));
const answers = new Answers({ stages: by("stages"), models: by("models"), headline: by("headline") }, (quote) => {
  answers.activate(quote);
  paper.go(quote);
});
const token = () => by("token").value.trim();
let asked = null; // what was sent last, to be sent again with a token
let reply = null;
let running = null;

async function start(given) {
  running?.abort();
  const mine = (running = new AbortController());
  asked = given;
  reply = null;
  const began = performance.now();
  problem.hidden = true;
  by("json").disabled = by("csv").disabled = true;
  by("copied").textContent = "";
  status.textContent = `Reading ${given.name}…`;
  answers.clear();
  try {
    const told = (event, data) => take(event, data, began);
    await ask({ ...given, token: token(), signal: mine.signal, told });
  } catch (error) {
    if (!mine.signal.aborted) fail(error);
  }
}

function take(event, data, began) {
  if (event === "paper") {
    by("locked").hidden = true;
    result.hidden = false;
    form.classList.add("asked");
    by("paper-title").textContent = data.title || data.source;
    by("facts").textContent = [data.journal, data.year, data.doi, `${data.paragraphs} paragraphs`].filter(Boolean).join(" · ");
    paper.show(data);
    status.textContent = "Asking…";
    if (matchMedia("(max-width: 60rem)").matches) by("answers").scrollIntoView();
  } else if (event === "answer") {
    for (const quote of answers.show(data)) paper.mark(quote);
  } else if (event === "done") {
    reply = data;
    answers.end(data);
    by("json").disabled = by("csv").disabled = false;
    status.textContent = `Answered in ${((performance.now() - began) / 1000).toFixed(1)} s by ${data.lm}.`;
  }
}

function fail(error) {
  status.textContent = "";
  result.hidden = true;
  by("locked").hidden = error.status !== 401;
  if (error.status === 401) by("token").focus();
  const unreached = "The service can't be reached; try again.";
  problem.textContent = error instanceof Problem ? `${error.title}: ${error.message}.` : unreached;
  problem.hidden = false;
}

function send(chosen) {
  const extension = chosen.name.replace(/\.gz$/, "").split(".").pop().toLowerCase();
  start({ content: chosen, name: chosen.name, type: TYPES[extension] ?? (chosen.type || "application/octet-stream") });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const isUnlocking = [event.submitter, document.activeElement].some((each) => by("locked").contains(each));
  if (isUnlocking && asked) return start(asked);
  if (isUnlocking && by("doi").value.trim()) return askDoi(by("doi").value.trim());
  if (!text.value.trim()) return text.focus();
  start({ content: text.value, name: "pasted.md", type: "text/markdown" });
});
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
const askDoi = (doi) => start({ name: doi, doi });
const locked = () => (by("locked").hidden = false);
const corpus = new Corpus({ field: by("doi"), list: by("matches"), note: by("corpus-note"), token, locked, chosen: askDoi });
by("ask-doi").addEventListener("click", () => (by("doi").value.trim() ? corpus.choose(by("doi").value.trim()) : by("doi").focus()));
by("choose").addEventListener("click", () => file.click());
file.addEventListener("change", () => {
  if (file.files.length) send(file.files[0]);
  file.value = ""; // so that the same file can be chosen again
});
by("try").addEventListener("click", async () => {
  text.value = await (await fetch("/page/example.md")).text();
  by("locked").hidden = true;
  form.requestSubmit();
});

// The whole window takes a paper, so that one dropped beside the field does not replace the page. Dragged words are the
// browser's matter.
const isFile = (event) => event.dataTransfer.types.includes("Files");
for (const name of ["dragenter", "dragover"]) {
  window.addEventListener(name, (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    form.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) window.addEventListener(name, () => form.classList.remove("over"));
window.addEventListener("drop", (event) => {
  if (!isFile(event)) return;
  event.preventDefault();
  if (event.dataTransfer.files.length) send(event.dataTransfer.files[0]);
});

const stem = () => (reply.paper.source || "paper").replace(/\.[^.]*$/, "");
by("json").addEventListener("click", async () => (by("copied").textContent = await give(json(reply), `${stem()}.json`)));
by("csv").addEventListener("click", async () => (by("copied").textContent = await give(csv(reply), `${stem()}.csv`)));
