// From the browser's selection to characters of a paragraph, and back.

export function offsets(paragraph, range) {
  const before = document.createRange();
  before.selectNodeContents(paragraph);
  const all = before.toString().length;
  if (!paragraph.contains(range.startContainer)) return null;
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  return [start, paragraph.contains(range.endContainer) ? start + range.toString().length : all];
}

export function select(paragraph, start, end) {
  const [from, to] = [point(paragraph, start, false), point(paragraph, end, true)];
  getSelection().setBaseAndExtent(...from, ...to);
}

// A place between two text nodes belongs to the first for an end and to the second for a start.
function point(paragraph, offset, isEnd) {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  let last = [paragraph, 0];
  for (let node, left = offset; (node = walker.nextNode()); left -= node.length) {
    last = [node, Math.min(left, node.length)];
    if (left < node.length || (isEnd && left === node.length)) break;
  }
  return last;
}
