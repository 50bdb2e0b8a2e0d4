// What the machine answers, made into a label: of one field, or of all of them.

import { answered, fields, isYesNo, placed, quotes, withModel } from "./draft.js";
import { patternsOf } from "./questions.js";

export function taken(draft, field, machine) {
  if (isYesNo(field)) return yesNo(draft, field, machine);
  const model = draft.models[field.at];
  if (!model || field.stage === "names_ptms") return models(draft, machine);
  const same = machine.models.find((each) => each.name === model.name);
  if (!same) return draft;
  return field.stage === "science_step" ? step(draft, field, same, machine) : patterns(draft, field, same, machine);
}

export function allTaken(draft, machine) {
  let made = draft;
  for (let at = 0; at < fields(made).length; at += 1) made = taken(made, fields(made)[at], machine);
  return made;
}

function yesNo(draft, field, machine) {
  const value = machine[field.key];
  if (value !== true && value !== false) return draft;
  const made = answered(draft, field, value);
  return value ? withQuotes(made, field, machine, "") : made;
}

function models(draft, machine) {
  let made = draft;
  for (const { name, mention } of machine.models) {
    if (made.models.some((each) => each.name === name)) continue;
    made = withModel(made, name, mention ?? "");
    const field = { key: `models.${made.models.length - 1}.name`, stage: "names_ptms", at: made.models.length - 1 };
    made = withQuotes(made, field, machine, name);
  }
  return made;
}

function patterns(draft, field, same, machine) {
  let made = draft;
  const there = new Set(draft.models[field.at].patterns.map((each) => each.pattern));
  for (const each of patternsOf(same)) if (!there.has(each)) made = answered(made, field, each);
  return withQuotes(made, field, machine, same.name);
}

function step(draft, field, same, machine) {
  return same.step ? withQuotes(answered(draft, field, same.step), field, machine, same.name) : draft;
}

// A quote of one's own stays.
function withQuotes(draft, field, machine, model) {
  const given = machine.quotes.filter((each) => each.stage === field.stage && (each.model ?? "") === model);
  return quotes(draft, field).reduce((made, { quote }, at) => {
    const text = given[Math.min(at, given.length - 1)]?.text;
    return quote || !text ? made : placed(made, field, at, text);
  }, draft);
}
