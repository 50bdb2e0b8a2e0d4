// A label that is being made: its fields in the order in which they are asked, and what may be done to them.

export const MAX_QUOTE = 300;
const YES_NO = ["uses_deep_learning", "reuses_ptm"];

export function empty() {
  const asked = () => ({ answer: null, quote: "" });
  return { state: "open", reason: "", uses_deep_learning: asked(), reuses_ptm: asked(), models: [], note: "" };
}

// A "no" at the first or second question ends the row.
export function fields(draft) {
  const found = [{ key: YES_NO[0], stage: YES_NO[0] }];
  if (draft.uses_deep_learning.answer) found.push({ key: YES_NO[1], stage: YES_NO[1] });
  if (!isReuse(draft)) return found;
  draft.models.forEach((_, at) =>
    found.push(
      { key: `models.${at}.name`, stage: "names_ptms", at },
      { key: `models.${at}.patterns`, stage: "reuse_pattern", at },
      { key: `models.${at}.step`, stage: "science_step", at },
    ),
  );
  return [...found, { key: "models.new", stage: "names_ptms" }];
}

export const isReuse = (draft) => draft.uses_deep_learning.answer === true && draft.reuses_ptm.answer === true;
export const isYesNo = (field) => YES_NO.includes(field.key);

export function answered(draft, field, value) {
  const made = structuredClone(draft);
  const model = made.models[field.at];
  if (isYesNo(field)) made[field.key] = { answer: value, quote: value ? made[field.key].quote : "" };
  else if (field.stage === "reuse_pattern") model.patterns = toggled(model.patterns, value);
  else if (field.stage === "science_step") model.step = value;
  if (field.key === YES_NO[0] && value === false) made.reuses_ptm = { answer: null, quote: "" };
  return started(made);
}

const toggled = (patterns, pattern) =>
  patterns.some((each) => each.pattern === pattern)
    ? patterns.filter((each) => each.pattern !== pattern)
    : [...patterns, { pattern, quote: "" }];

export function withModel(draft, name, mention) {
  const made = structuredClone(draft);
  made.models.push({ name, mention, quote: "", patterns: [], step: "", step_quote: "" });
  return started(made);
}

export function withoutModel(draft, at) {
  const made = structuredClone(draft);
  made.models.splice(at, 1);
  return started(made);
}

// The quotes of a field, each with its name where there may be several.
export function quotes(draft, field) {
  const model = draft.models[field.at];
  if (isYesNo(field)) return draft[field.key].answer === false ? [] : [{ name: "", quote: draft[field.key].quote }];
  if (!model) return [];
  if (field.stage === "names_ptms") return [{ name: "", quote: model.quote }];
  if (field.stage === "science_step") return model.step ? [{ name: "", quote: model.step_quote }] : [];
  return model.patterns.map(({ pattern, quote }) => ({ name: pattern, quote }));
}

// The quote goes to the first place of the field that has none, else to its last one.
export function quoted(draft, field, text) {
  const there = quotes(draft, field);
  const free = there.findIndex((each) => !each.quote);
  return placed(draft, field, free < 0 ? there.length - 1 : free, text);
}

export function unquoted(draft, field) {
  return placed(draft, field, quotes(draft, field).findLastIndex((each) => each.quote), "");
}

export function placed(draft, field, at, text) {
  if (at < 0) return draft;
  const made = structuredClone(draft);
  const model = made.models[field.at];
  if (isYesNo(field)) Object.assign(made[field.key], { quote: text, answer: text ? true : made[field.key].answer });
  else if (field.stage === "names_ptms") model.quote = text;
  else if (field.stage === "science_step") model.step_quote = text;
  else model.patterns[at].quote = text;
  return started(made);
}

export const isFull = (draft, field) => quotes(draft, field).length > 0 && quotes(draft, field).every((each) => each.quote);

function started(made) {
  return { ...made, state: "started", reason: "" };
}
