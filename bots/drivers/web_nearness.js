// Which field or value stands beside a caption? None, one, or several where that cannot be told.

const REACH = 250;

const isField = (item) => item.nodeType === Node.ELEMENT_NODE;
const inside = {
  acceptNode: (node) => {
    if (node.nodeType === Node.TEXT_NODE) return isWord(node.data) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP;
    if (UNSAID.has(node.tagName) && !node.matches(FIELDS) || isButton(node)) return NodeFilter.FILTER_REJECT;
    return node.matches(FIELDS) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP;
  },
};
// The fields and the texts that say something, in the order of the document; what nobody sees is left out.
const items = (root) => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, inside);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const shown = isField(node) ? node : node.parentElement;
    if (!shown.closest('select, textarea') || isField(node)) if (visible(shown)) found.push(node);
  }
  return found;
};

// A field that has a label of its own belongs to that one.
const claimed = (field, label) =>
  field.labels && field.labels.length > 0 && ![...field.labels].some((own) => own.contains(label) || label.contains(own));

// The fields at the beginning of a row of things: a text ends them. Where the first one is another label's the two captions
// contradict each other: the field is told together with that label, so that nobody takes it for found.
const leading = (row, label) => {
  const end = row.findIndex((item) => !isField(item) || claimed(item, label));
  if (end === 0 && isField(row[0])) return [row[0], row[0].labels[0]];
  return end < 0 ? row : row.slice(0, end);
};

const rectOf = (node) => {
  let rect = memory.rects.get(node);
  if (!rect) {
    if (isField(node) && node.matches(FIELDS)) rect = node.getBoundingClientRect();
    else {
      const range = document.createRange();
      range.selectNodeContents(node);
      rect = range.getBoundingClientRect();
    }
    memory.rects.set(node, rect);
  }
  return rect;
};

// How far a box lies ahead on that side; infinitely where it is not on the caption's own line (or in its column).
const distance = (from, box, side) => {
  const level = side === 'right' || side === 'left';
  const lap = level ? Math.min(from.bottom, box.bottom) - Math.max(from.top, box.top)
    : Math.min(from.right, box.right) - Math.max(from.left, box.left);
  const smaller = level ? Math.min(from.height, box.height) : Math.min(from.width, box.width);
  if (!smaller || lap < smaller / 2) return Infinity;
  const gap = { right: box.left - from.right, left: from.left - box.right, below: box.top - from.bottom,
    above: from.top - box.bottom }[side];
  return gap > -3 ? gap : Infinity;
};

const inSight = (label, side, root) => {
  const from = rectOf(label);
  const ahead = items(root).filter((item) => !label.contains(item))
    .map((item) => [distance(from, rectOf(item), side), item])
    .filter(([gap]) => gap < REACH).sort((one, other) => one[0] - other[0]);
  return leading(ahead.map(([, item]) => item), label);
};

// A caption's cell; a table of one cell is but a box around it.
const cellOf = (label) => {
  let cell = label.closest('td, th');
  while (cell) {
    const table = cell.closest('table');
    const outer = table && table.parentElement && table.parentElement.closest('td, th');
    if (!outer || table.rows.length !== 1 || table.rows[0].cells.length !== 1) break;
    cell = outer;
  }
  return cell;
};

// The cells one further on that side: a neighbour, or those of the next row that stand in the same column.
const beyond = (cell, side, column) => {
  if (side === 'right' || side === 'left') {
    const next = side === 'right' ? cell.nextElementSibling : cell.previousElementSibling;
    return next ? [next] : [];
  }
  const row = cell.parentElement;
  const table = row.closest('table');
  const next = table && table.rows[row.rowIndex + (side === 'below' ? 1 : -1)];
  return next ? [...next.cells].filter((other) => {
    const box = other.getBoundingClientRect();
    const lap = Math.min(box.right, column.right) - Math.max(box.left, column.left);
    return lap >= Math.min(box.width, column.width) / 2;
  }) : [];
};

const isValue = (cell) => cell.id || cell.querySelector('[id]');
const isBlank = (cell) => plain(cell.innerText) === '';

// The cells after the caption's own: its field, and no second one without a caption; else the value it shows.
const inCells = (label, side, cell) => {
  const column = cell.getBoundingClientRect();
  const fields = [], blanks = [];
  for (let cells = beyond(cell, side, column); cells.length; cells = beyond(cells[0], side, column)) {
    const row = cells.flatMap(items);
    if (side === 'left' || side === 'above') row.reverse();
    const run = leading(row, label);
    if (fields.length && row.length !== run.length) return fields;
    fields.push(...run);
    if (row.length !== run.length && row.some(isField)) return fields;
    if (fields.length) continue;
    if (row.length) return blanks.length ? [blanks[0], ...cells] : cells;
    if (cells.some(isBlank)) {
      if (cells.some(isValue)) return cells;
      blanks.push(...cells);
    } else if (!cells.every((one) => /^[\s:：*＊]+$/.test(one.innerText))) return cells;
  }
  return fields.length ? fields : blanks.slice(0, 1);
};

// A caption's own cell comes first; a field after that cell that has no caption either may be the one that is meant.
const beside = (label, side) => {
  const cell = cellOf(label);
  if (!cell) return inSight(label, side, document.body);
  if (!items(cell).some((item) => isField(item) && !label.contains(item))) return inCells(label, side, cell);
  const own = inSight(label, side, cell);
  return own.length ? [...own, ...inCells(label, side, cell).filter((item) => item.matches(FIELDS))] : own;
};
