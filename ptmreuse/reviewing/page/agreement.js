// Agreement of the annotators, per stage and as it stands now.

import { element } from "./element.js";

const AGAIN = 5000; // milliseconds

export class Agreement {
  constructor(into, server, stages) {
    Object.assign(this, { into, server, stages });
  }

  async open() {
    clearTimeout(this.timer);
    const rows = await this.server.get("agreement");
    if (this.into.hidden) return;
    this.into.replaceChildren(element("h2", {}, "Agreement of the annotators"), rows.some((each) => each.n) ? this.table(rows) : none());
    this.timer = setTimeout(() => this.into.hidden || this.open().catch(() => {}), AGAIN);
  }

  table(rows) {
    const heads = ["Question", "Labelled twice", "Cohen’s κ", "", "Krippendorff’s α", ""];
    const head = element("tr", {}, ...heads.map((each) => element("th", { scope: "col" }, each)));
    const body = rows.map((row) => {
      const question = this.stages.find((each) => each.stage === row.stage)?.question ?? row.stage.replaceAll("_", " ");
      const cells = [`${row.n}`, words(row.kappa), strip(row.kappa), words(row.alpha), strip(row.alpha)];
      return element("tr", {}, element("th", { scope: "row" }, question), ...cells.map((each) => element("td", {}, each)));
    });
    const note = element("p", { class: "quiet small" }, "With 95 % intervals over papers. Above 0.8 is usually called good; below 0.67 the rules need work before the labels are used.");
    return element("div", {}, element("div", { class: "scroll" }, element("table", {}, element("thead", {}, head), element("tbody", {}, ...body))), note);
  }
}

const none = () => element("p", {}, "No paper has been labelled by two annotators yet.");

function words(number) {
  if (number?.value === null || number?.value === undefined) return "undefined";
  const { value, low, high } = number;
  return low === null || low === undefined ? value.toFixed(2) : `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

// A line from low to high with a dot at the value, on a scale from -1 to 1 of which only 0 to 1 is drawn.
function strip(number) {
  if (number?.value === null || number?.value === undefined) return "";
  const at = (value) => 4 + 92 * Math.max(0, value);
  const { value, low, high } = number;
  const marks = [svg("line", { class: "scale", x1: 4, x2: 96, y1: 8, y2: 8 })];
  if (low !== null && low !== undefined) marks.push(svg("line", { class: "range", x1: at(low), x2: at(high), y1: 8, y2: 8 }));
  marks.push(svg("circle", { cx: at(value), cy: 8, r: 4 }));
  const drawn = svg("svg", { viewBox: "0 0 100 16", class: "strip", "aria-hidden": "true" });
  drawn.append(...marks);
  return drawn;
}

function svg(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
