// A reply on the clipboard, as JSON or as CSV with one row per finding; as a file where there is no clipboard.

const COLUMNS = ["source", "doi", "stage", "value", "reason", "model", "finding", "quote", "section", "place", "start", "end"];

export function json(reply) {
  return JSON.stringify(reply, null, 2);
}

export function csv({ paper, answers }) {
  const rows = answers.flatMap(({ stage, value, reason, findings }) =>
    (findings.length ? findings : [{ model: "", value: "", reason, evidence: null }]).map((each) => {
      const { quote = "", section = "", place = "", start = "", end = "" } = each.evidence ?? {};
      const told = [stage, value, each.reason || reason, each.model, each.value, quote, section, place, start, end];
      return [paper.source, paper.doi, ...told];
    }),
  );
  return [COLUMNS, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

// What begins like a formula is one for a spreadsheet, and a paper may say anything.
function cell(value) {
  const text = `${value}`;
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export async function give(text, name) {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied.";
  } catch {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text]));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
    return `Saved as ${name}.`;
  }
}
