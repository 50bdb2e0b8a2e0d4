// A paragraph's sentences as [start, end], for moving through the text by keyboard.

const SHORT = /(?:\b(?:al|Fig|Figs|Eq|Ref|Refs|Tab|No|vs|cf|ca|approx|e\.g|i\.e|Dr|sp|spp|subsp)\.|\b[A-Z]\.)\s*$/;
const splitter = new Intl.Segmenter("en", { granularity: "sentence" });

export function sentences(text) {
  const found = [];
  for (const { segment, index } of splitter.segment(text)) {
    const last = found.at(-1);
    const end = index + segment.length;
    if (last && SHORT.test(text.slice(last[0], last[1]))) last[1] = end;
    else found.push([index, end]);
  }
  return found.map(([start, end]) => trimmed(text, start, end)).filter(([start, end]) => start < end);
}

export function trimmed(text, start, end) {
  const words = text.slice(start, end);
  const from = start + words.length - words.trimStart().length;
  return [from, Math.max(from, start + words.trimEnd().length)];
}
