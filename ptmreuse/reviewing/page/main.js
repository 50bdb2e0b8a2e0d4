// The page for people who label: a queue, a paper, five questions, and every one of them by keyboard.

import { Agreement } from "./agreement.js";
import { ask } from "./asking.js";
import { Completion } from "./completion.js";
import { Disagreements } from "./disagreements.js";
import { help, listen } from "./keys.js";
import { Labelling } from "./labelling.js";
import { Paper } from "./paper.js";
import { Questions, number } from "./questions.js";
import { Queue } from "./queue.js";
import { Saving } from "./saving.js";
import { Server } from "./server.js";

const by = (id) => document.getElementById(id);
const SAVED = { saving: "Saving…", saved: "Saved", unreached: "Not saved: the service can’t be reached; kept here, trying again", refused: "Not saved" };

const given = new URLSearchParams(location.search).get("annotator") ?? sessionStorage.getItem("annotator") ?? "";
const server = new Server(given);
const session = await server.get("session").catch(fail);
server.annotator = session.annotator;
sessionStorage.setItem("annotator", session.annotator);

const saving = new Saving(server, became);
const paper = new Paper(by("body"), showTake);
const completion = new Completion(server, { taken: (model, typed) => labelling.addModel(model, typed), left: () => restored() });
const questions = new Questions(by("fields"), session, completion, {
  goField: (at, isClick) => isClick && at !== labelling.at && labelling.go(at),
  evidence: () => labelling.evidence(),
  take: () => labelling.take(),
  choose: (field, value) => labelling.choose(field, value),
  removeModel: (at) => labelling.removeModel(at),
  removeQuote: (field, at) => labelling.removeQuote(field, at),
  showQuote: (quote) => paper.goQuote(quote),
});
const labelling = new Labelling({ server, saving, paper, questions, told: say, shown });
const queue = new Queue(server, { list: by("papers"), order: by("order"), stages: session.stages, opened: () => unfold(false) });
const views = { agreement: new Agreement(by("agreement"), server, session.stages), disagreements: new Disagreements(by("disagreements"), server, session) };

function fail(fault) {
  by("problem").textContent = fault.message;
  by("problem").hidden = false;
  throw fault;
}

function say(text) {
  by("saved").className = "small said";
  by("saved").textContent = text;
}

function became(how, id, reply) {
  by("saved").className = `small ${how}`;
  by("saved").textContent = how === "refused" ? `${SAVED[how]}: ${reply.message}` : SAVED[how];
  if (how !== "saved") return;
  labelling.saved(id, reply);
  if (id === labelling.id) queue.became(id, labelling.draft.state);
  count();
}

function count() {
  const done = queue.papers.filter((each) => each.state === "done" || each.state === "cannot").length;
  Object.assign(by("progress"), { max: queue.papers.length || 1, value: done });
  by("count").textContent = `${done} of ${queue.papers.length}`;
}

function shown() {
  const { draft } = labelling;
  if (document.activeElement !== by("note")) by("note").value = draft.note;
  by("done").firstChild.textContent = isAnswered() ? "Next paper " : "Done ";
  by("cannot").classList.toggle("chosen", draft.state === "cannot");
  by("cannot").title = draft.reason;
  showTake();
}

const isAnswered = () => labelling.draft.state === "done" && !labelling.problems.length;

// For a finger, which has no keys: what is selected becomes the quote of the question that is open.
function showTake() {
  const isNeeded = paper.selected && labelling.field?.key !== "models.new";
  by("take").hidden = !isNeeded;
  if (isNeeded) by("take").textContent = `Take as quote for question ${number(labelling.field.stage)}`;
}

function restored() {
  const kept = paper.selected;
  if (kept) paper.go(kept.paragraph, kept.start, kept.end);
  else by("paper").focus({ preventScroll: true });
}

function unfold(isOpen) {
  document.body.classList.toggle("with-queue", isOpen);
  by("show-queue").setAttribute("aria-expanded", `${isOpen}`);
  if (!isOpen) by("paper").focus({ preventScroll: true });
}

async function route() {
  const [, view = "", id = ""] = location.hash.split("/");
  const name = views[view] ? view : "labelling";
  for (const each of ["labelling", "agreement", "disagreements"]) by(each).hidden = each !== name;
  for (const each of ["papers", "agreement", "disagreements"]) by(`to-${each}`).toggleAttribute("aria-current", each === (name === "labelling" ? "papers" : name));
  if (views[view]) {
    await saving.start();
    await views[view].open();
    return by(view).focus();
  }
  if (!queue.papers.length) await queue.load();
  const wanted = decodeURIComponent(id) || labelling.id || queue.nextOpen(null) || queue.papers[0]?.id;
  count();
  if (wanted && wanted !== labelling.id) await open(wanted);
  else if (!wanted) by("paper-title").textContent = "The queue is empty.";
}

async function open(id) {
  await labelling.open(id);
  const { title, journal, year, doi } = labelling.facts;
  by("paper-title").textContent = title || id;
  by("facts").textContent = [journal, year, doi].filter(Boolean).join(" · ");
  queue.show(id);
  Object.assign(by("saved"), { textContent: "", className: "small" });
  by("paper").scrollTo?.(0, 0);
  if (matchMedia("(max-width: 60rem)").matches) scrollTo(0, 0);
  by("paper").focus({ preventScroll: true });
}

const goTo = (id) => id && (location.hash = `#/papers/${encodeURIComponent(id)}`);

// In blind mode the machine's answer is shown once the person has answered; the next Enter goes on.
async function done() {
  const isSeen = isAnswered();
  if (!isSeen && !(await labelling.end("done"))) return;
  if (!isSeen && session.blind && labelling.machine) return say("Saved. The machine’s answers are shown; Enter goes on.");
  next();
}

function next() {
  const id = queue.nextOpen(labelling.id);
  if (id) goTo(id);
  else say("Every paper of the queue is labelled.");
}

async function cannot() {
  const reason = await ask("Why can’t it be decided?", { value: labelling.draft.reason });
  if (!reason) return;
  if (await labelling.end("cannot", reason)) next();
}

async function who() {
  const name = await ask("Label as", { value: server.annotator, among: session.annotators });
  if (!name || name === server.annotator) return;
  await saving.start();
  sessionStorage.setItem("annotator", name);
  location.search = `?annotator=${encodeURIComponent(name)}`;
}

function toModel() {
  labelling.goKey("models.new");
  by("model")?.focus();
}

const isAt = (view) => !by(view).hidden;
const here = (act) => (...all) => isAt("labelling") && labelling.isOpen && act(...all);
const differing = () => isAt("disagreements") && views.disagreements;
const acts = {
  sentence: (step) => (differing() ? differing().go(differing().at + step) : isAt("labelling") && paper.step(step)),
  extend: here((how) => getSelection().modify(...how)),
  longer: here(() => getSelection().modify("extend", "forward", "sentence")),
  machineQuote: here(() => paper.stepMark("machine", 1)),
  ownQuote: here(() => paper.stepMark("mine", 1)),
  find: here(() => by("find").select()),
  sequence: here(() => by("sequence").click()),
  field: here((step) => labelling.go(labelling.at + step)),
  yes: here(() => labelling.yesNo(true)),
  no: here(() => labelling.yesNo(false)),
  digit: (_, key) => (differing() ? differing().choose(differing().at, key - 1) : here(() => labelling.digit(Number(key)))()),
  evidence: here(() => labelling.evidence()),
  unquote: here(() => labelling.unquote()),
  model: here(() => drafted() && toModel()),
  dropModel: here(() => labelling.removeModel(labelling.field.at)),
  take: here(() => labelling.take()),
  takeAll: here(() => labelling.takeAll()),
  rules: here(() => by("fields").querySelector("details").toggleAttribute("open")),
  done: here(done),
  cannot: here(cannot),
  undo: here(() => labelling.undo()),
  note: here(() => by("note").focus()),
  paper: here((step) => goTo(queue.next(labelling.id, step))),
  order: here(() => by("order").focus()),
  papers: () => (location.hash = "#/"),
  agreement: () => (location.hash = "#/agreement"),
  disagreements: () => (location.hash = "#/disagreements"),
  who,
  export: () => by("export").click(),
  help: () => by("keys").showModal(),
};

const drafted = () => labelling.draft.reuses_ptm.answer || say("Models are asked for when question 2 is a yes.");

function lay() {
  paper.lay();
  by("sequence").firstChild?.remove();
  by("sequence").append(paper.isPassagesFirst ? "As printed" : "Passages first");
}

by("sequence").addEventListener("click", () => {
  paper.isPassagesFirst = !paper.isPassagesFirst;
  lay();
});
by("find").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.target.blur();
  if (!event.target.value || !paper.find(event.target.value)) say("It is not in this paper.");
});
by("note").addEventListener("input", (event) => labelling.note(event.target.value));
by("take").addEventListener("pointerdown", (event) => event.preventDefault());
by("take").addEventListener("click", () => labelling.evidence());
by("done").addEventListener("click", done);
by("cannot").addEventListener("click", cannot);
by("undo").addEventListener("click", () => labelling.undo());
by("who").addEventListener("click", who);
by("who").textContent = session.annotator;
by("blind").hidden = !session.blind;
by("help").addEventListener("click", acts.help);
by("show-queue").addEventListener("click", () => unfold(!document.body.classList.contains("with-queue")));
window.addEventListener("hashchange", () => route().catch((fault) => say(fault.message)));
window.addEventListener("beforeunload", (event) => saving.isBusy && event.preventDefault());
help(by("keys"));
listen(acts);
lay();
saving.start();
await route().catch(fail);
