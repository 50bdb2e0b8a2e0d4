// The keys: one table for what they do and for the help that tells of them.

import { element } from "./element.js";

export const KEYS = [
  ["Text", [
    [["j", "ArrowDown"], "sentence", "next sentence", 1],
    [["k", "ArrowUp"], "sentence", "sentence before", -1],
    [["Shift+ArrowRight"], "extend", "a word more", ["extend", "forward", "word"]],
    [["Shift+ArrowLeft"], "extend", "a word less", ["extend", "backward", "word"]],
    [["Shift+ArrowDown"], "longer", "a sentence more", 1],
    [["m"], "machineQuote", "next quote of the machine", 1],
    [["w"], "ownQuote", "next quote of mine", 1],
    [["/"], "find", "find; Enter goes on"],
    [["s"], "sequence", "passages first, or as printed"],
  ]],
  ["Question", [
    [["l", "ArrowRight"], "field", "next question", 1],
    [["h", "ArrowLeft"], "field", "question before", -1],
    [["y"], "yes", "yes"],
    [["n"], "no", "no"],
    [["1", "2", "3", "4", "5", "6"], "digit", "choose by number"],
    [["e"], "evidence", "take the selection as quote"],
    [["x"], "unquote", "remove the quote"],
    [["i"], "model", "add a model"],
    [["Delete"], "dropModel", "remove this model"],
    [["t"], "take", "take the machine’s answer"],
    [["Shift+T"], "takeAll", "take all of the machine’s answers"],
    [["r"], "rules", "rules of this question"],
  ]],
  ["Paper", [
    [["Enter"], "done", "done, next open paper"],
    [["c"], "cannot", "can’t decide, with a reason"],
    [["u"], "undo", "undo"],
    [["o"], "note", "note; Esc goes back"],
    [["Shift+J"], "paper", "next paper", 1],
    [["Shift+K"], "paper", "paper before", -1],
    [["q"], "order", "order of the queue"],
  ]],
  ["Page", [
    [["p"], "papers", "papers"],
    [["a"], "agreement", "agreement"],
    [["d"], "disagreements", "disagreements"],
    [["Shift+W"], "who", "label as someone else"],
    [["Shift+E"], "export", "export"],
    [["?"], "help", "these keys"],
  ]],
];

const SHOWN = { ArrowDown: "↓", ArrowUp: "↑", ArrowRight: "→", ArrowLeft: "←" };
const BY_KEY = new Map(KEYS.flatMap(([, rows]) => rows.flatMap(([keys, act, , value]) => keys.map((key) => [key, [act, value]]))));

// Calls what a key stands for with its value and the key; typing is left alone.
export function listen(acts) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, textarea, select")) return leave(event);
    if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
    const [act, value] = BY_KEY.get(event.shiftKey && event.key !== "?" && event.key !== "/" ? `Shift+${event.key}` : event.key) ?? [];
    if (!act || !acts[act]) return;
    event.preventDefault();
    acts[act](value, event.key);
  });
}

function leave(event) {
  if (event.key === "Escape") event.target.blur();
}

export function help(dialog) {
  const columns = KEYS.map(([title, rows]) => element("section", {}, element("h3", {}, title), element("dl", {}, ...rows.flatMap(row))));
  const close = element("button", { type: "button" }, "Close ", element("kbd", {}, "Esc"));
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(element("h2", { id: "keys-title" }, "Keys"), element("div", { class: "columns" }, ...columns), close);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "?") dialog.close();
  });
}

function row([keys, , words]) {
  const shown = keys.length > 2 ? [`${keys[0]} – ${keys.at(-1)}`] : keys.map(name);
  return [element("dt", {}, ...shown.map((each) => element("kbd", {}, each))), element("dd", {}, words)];
}

const name = (key) => key.split("+").map((part) => SHOWN[part] ?? part).join(" ");
