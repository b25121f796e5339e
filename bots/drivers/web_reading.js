// Reads a document for the driver: what screen it is, what its targets show, where they stand, whether it is at rest.

const PATIENCE = 10;

const read = (element) => {
  if (element.tagName === 'SELECT') return plain(element.selectedOptions.length ? element.selectedOptions[0].text : '');
  if (element.type === 'checkbox' || element.type === 'radio') return element.checked ? '1' : '';
  if (element.tagName === 'INPUT' || element.tagName === 'TEXTAREA') return element.value;
  return element.innerText.replace(/\u00a0/g, ' ').replace(/^\s+|\s+$/g, '');
};

const gridRows = (grid) => {
  for (const locator of grid.row) {
    const found = candidates(document, locator);
    if (found.length) return found;
  }
  return [];
};

const box = (element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { left, top, width, height };
};
const boxOf = ({ element }) => (element ? box(element) : null);
const cellBoxes = ({ name, grid, columns }) => gridRows(grid).flatMap((row, index) => columns
  .map((column) => ({ name: `${name}.${column.name}#${index + 1}`, box: boxOf(locate(row, column.locators)) })));
const placed = (hit) => ({ ...hit, element: undefined, box: boxOf(hit) });

// All that a click could send away, and what a redrawing page empties and fills again.
const state = () => [...document.querySelectorAll('input, select, textarea')].map((field) => {
  if (field.tagName === 'SELECT') return field.options.length + '/' + field.selectedIndex + '/' + field.value;
  return field.type === 'checkbox' || field.type === 'radio' ? field.checked : field.value;
}).join('\u001f');

// A window in the background draws no frames, so a clock ticks as well.
const frameDrawn = (patience = 60) => new Promise((done) => {
  native.requestAnimationFrame(done);
  native.setTimeout(done, patience);
});

// What the document shows now is on the screen once the frame with it was drawn and the next one has begun.
const drawn = async () => {
  await frameDrawn(SOON);
  await frameDrawn(SOON);
};

// A field is left before anything is pressed, so that the page reacts to what was typed before the press and not by it.
const leaveField = () => {
  const field = document.activeElement;
  if (field && field.matches('input, select, textarea')) field.blur();
};

const rest = async (milliseconds, asked = 0) => {
  if (document.readyState === 'complete' && isUntouched()) return true;
  leaveField();
  const [before, clocks, began] = [state(), rounds(), performance.now()];
  const end = began + (isLively() ? milliseconds : 0);
  const isOver = (now) => now >= end && (allCameRound(clocks) || now > began + SOON);
  await frameDrawn();
  do await frameDrawn(); while (!isOver(performance.now()));
  if (document.readyState !== 'complete' || before !== state() || isAnswering()) return false;
  if (end > began && isRedrawing(began, asked)) return false;
  cameToRest();
  return true;
};

const leavesSoon = () => [...document.querySelectorAll('meta[http-equiv=refresh i]')]
  .some((meta) => parseFloat(meta.content) <= PATIENCE && /url/i.test(meta.content));

const everything = function* (root) {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
};

// Where the inside of a frame begins on the page around it, how large it is drawn, and what of it can be seen.
const inset = (frame) => {
  const outer = frame.getBoundingClientRect();
  const style = getComputedStyle(frame);
  const scale = frame.offsetWidth ? outer.width / frame.offsetWidth : 1;
  const [left, top, right, bottom] = ['Left', 'Top', 'Right', 'Bottom'].map((side) => parseFloat(style['padding' + side]) || 0);
  return {
    left: outer.left + (frame.clientLeft + left) * scale,
    top: outer.top + (frame.clientTop + top) * scale,
    width: (frame.clientWidth - left - right) * scale,
    height: (frame.clientHeight - top - bottom) * scale,
    scale,
  };
};
// The frames around this document, the outermost first; null where the page of another site is around it.
const framesAround = () => {
  const found = [];
  try {
    for (let inner = window; inner !== inner.parent; inner = inner.parent) {
      if (!inner.frameElement) return null;
      found.unshift([inner.parent, inner.frameElement]);
    }
  } catch {
    return null;
  }
  return found;
};
const insets = () => {
  const around = framesAround();
  return around && around.map(([page, frame]) => page.__erpbridge.inset(frame));
};
const isDrawn = ([page, frame]) => {
  const { width, height } = frame.getBoundingClientRect();
  return width > 0 && height > 0 && page.getComputedStyle(frame).visibility === 'visible';
};
// Whether the document itself is shown; ERPs keep the screens of other tabs in hidden frames.
const isShown = () => {
  const around = framesAround();
  return around && around.every(isDrawn);
};

let stale = null;

let redrawn = false;
const changes = new MutationObserver(() => { redrawn = true; });
const WATCHED = { childList: true, subtree: true, characterData: true, attributeFilter: ['id', 'name', 'for', 'type'] };
const followed = (element) => {
  touch();
  changes.disconnect();
  redrawn = false;
  changes.observe(document, WATCHED);
  return element;
};
const cell = (grid, number, locators) => {
  const row = gridRows(grid).at(number);
  return row ? locate(row, locators) : { element: null, position: null, count: 0, locator: '' };
};

window.__erpbridge = {
  textbox: ROLES.textbox,
  visible: remembering(visible),
  rest,
  drawn,
  // From now on this document is an old one; what could not be seen on it before is new all the same.
  mark: remembering((anchor) => { stale = { alike: anchored(anchor) }; }),
  unmark: () => { stale = null; },
  look: remembering((anchor, errors) => {
    const ready = document.readyState !== 'loading' && !!document.body;
    const there = ready && anchored(anchor);
    const shown = ready ? errors.flatMap((locator) => candidates(document, locator)).map((one) => plain(one.innerText)) : [];
    return {
      ready: ready && !leavesSoon(),
      stale: stale !== null && !(there && !stale.alike),
      working: stale !== null || isLively(),
      anchor: there,
      shown: there && isShown(),
      errors: shown.filter(Boolean),
      text: ready ? plain(document.body.innerText).slice(0, 300) : '',
    };
  }),
  element: remembering((locators) => followed(locate(document, locators).element)),
  elementHit: remembering((locators) => placed(locate(document, locators))),
  cell: remembering((grid, number, locators) => followed(cell(grid, number, locators).element)),
  cellHit: remembering((grid, number, locators) => placed(cell(grid, number, locators))),
  countRows: remembering((grid) => gridRows(grid).length),
  // Whether the page was redrawn since an element of it was handed out; it may mean another field now.
  changed: () => changes.takeRecords().length > 0 || redrawn,
  readAll: remembering((targets) => Object.fromEntries(Object.entries(targets).map(([name, locators]) => {
    const hit = locate(document, locators);
    return [name, hit.element ? { text: read(hit.element) } : { missing: true, count: hit.count, locator: hit.locator }];
  }))),
  rows: remembering((grid) => gridRows(grid).map((row) => Object.fromEntries(grid.columns.map(({ name, locators }) => {
    const hit = locate(row, locators);
    return [name, hit.element ? { text: read(hit.element) } : { missing: true, count: hit.count, locator: hit.locator }];
  })))),
  hits: remembering((targets) => Object.fromEntries(
    Object.entries(targets).map(([name, locators]) => [name, placed(locate(document, locators))]))),
  inset,
  survey: remembering((screens) => ({
    insets: insets(),
    passwords: [...everything(document)].filter((one) => one.matches('input[type=password]') && visible(one)).map(box),
    screens: screens.map(({ targets, grids }) => ({
      targets: Object.fromEntries(Object.entries(targets).map(([name, locators]) => [name, boxOf(locate(document, locators))])),
      cells: grids.flatMap(cellBoxes),
    })),
  })),
};
