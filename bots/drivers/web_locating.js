// Finds named targets in one document, the same way for every page, and says which locator found them.
// One of four parts that run in one scope; each call works on a memory of its own, so that a long form is read once.

const BUTTONS = 'input[type=submit], input[type=button], input[type=reset], input[type=image], button';
const FIELDS = 'input:not([type=hidden]), select, textarea';
const TEXTBOX = ['text', 'password', 'search', 'email', 'tel', 'url', 'number'].map((type) => `input[type=${type}]`);
const ROLES = {
  button: BUTTONS + ', [role=button]',
  link: 'a[href], [role=link]',
  textbox: 'input:not([type]), textarea, [role=textbox], ' + TEXTBOX.join(', '),
  combobox: 'select, [role=combobox]',
  checkbox: 'input[type=checkbox], [role=checkbox]',
  radio: 'input[type=radio], [role=radio]',
  heading: 'h1, h2, h3, h4, h5, h6, [role=heading]',
  cell: 'td, th, [role=cell]',
};
const UNSAID = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'OPTION', 'TEXTAREA', 'TITLE']);

let memory = {};
const remembering = (work) => (...given) => {
  memory = { seen: new Map(), rects: new Map() };
  try { return work(...given); } finally { memory = {}; }
};

const plain = (text) => (text || '').replace(/[\s\u00a0]+/g, ' ').trim();
// Chinese captions are often stretched with blanks to one width.
const caption = (text) => plain(text).replace(/([\u2e80-\u9fff]) (?=[\u2e80-\u9fff])/g, '$1')
  .replace(/^[\s*＊]+/, '').replace(/[\s:：*＊]+$/, '');
const isWord = (text) => /[\p{L}\p{N}]/u.test(text);

// How far a part of the page around it is scrolled: what has gone out of sight there is still shown.
const scrolledAround = (element) => {
  let [left, top] = [scrollX, scrollY];
  for (let at = element.parentElement; at && at !== document.scrollingElement; at = at.parentElement) {
    left += at.scrollLeft;
    top += at.scrollTop;
  }
  return { left, top };
};
const isOffPage = (element, { bottom, right }) => {
  if (bottom + scrollY > 0 && right + scrollX > 0) return false;
  const { left, top } = scrolledAround(element);
  return bottom + top <= 0 || (right + left <= 0 && document.documentElement.dir !== 'rtl');
};
const shows = (element) => {
  if (element.tagName === 'OPTION') return false;
  const box = element.getBoundingClientRect();
  if (!(box.width > 0 && box.height > 0) || isOffPage(element, box)) return false;
  return getComputedStyle(element).visibility === 'visible';
};
const visible = (element) => {
  let seen = memory.seen.get(element);
  if (seen === undefined) memory.seen.set(element, seen = shows(element));
  return seen;
};
const unique = (elements) => [...new Set(elements)].filter(visible);
const isButton = (element) => element.matches(BUTTONS);
const words = (element) => isButton(element) && element.tagName === 'INPUT' ? element.value : element.innerText;

const said = {
  acceptNode: (node) => node.nodeType === Node.TEXT_NODE
    ? (node.data.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP)
    : (UNSAID.has(node.tagName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP),
};
const textNodes = (root) => {
  if (root === document && memory.texts) return memory.texts;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, said);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  if (root === document) memory.texts = nodes;
  return nodes;
};

const says = (element, wanted) =>
  caption(element.textContent) === wanted || caption(element.innerText) === wanted;

// From each text that begins like the wanted one outwards, to the smallest element that says just that.
const byText = (root, value) => {
  const wanted = caption(value);
  if (!wanted) return [];
  const head = (/^[\u2e80-\uffff]/.test(wanted) ? wanted[0] : wanted.split(' ')[0]).toLowerCase();
  const longest = 4 * wanted.length + 200;
  const found = new Set([...root.querySelectorAll(BUTTONS)].filter((button) => caption(words(button)) === wanted));
  for (const node of textNodes(root)) {
    if (!node.data.toLowerCase().includes(head)) continue;
    for (let at = node.parentElement; at && root.contains(at) && at.textContent.length <= longest; at = at.parentElement) {
      if (says(at, wanted)) { found.add(at); break; }
    }
  }
  return [...found];
};

const textOfLabel = (label) => textNodes(label).map((node) => node.data).join(' ');
const labelled = (label, wanted) => says(label, wanted) || caption(textOfLabel(label)) === wanted;
// An id that occurs twice ties a label to nothing certain.
const tiedTo = (label) => label.htmlFor
  ? [...document.querySelectorAll('#' + CSS.escape(label.htmlFor))].filter((element) => element.labels !== undefined)
  : [label.control];
const namedBy = (element) => (element.getAttribute('aria-labelledby') || '').split(/\s+/)
  .map((id) => id && document.getElementById(id)).filter(Boolean).map((part) => part.textContent).join(' ');

const byLabel = (root, value) => {
  const wanted = caption(value);
  const found = [...root.querySelectorAll('label')].filter((label) => label.control && labelled(label, wanted)).flatMap(tiedTo);
  for (const element of root.querySelectorAll('[aria-label], [aria-labelledby]')) {
    if ([element.getAttribute('aria-label'), namedBy(element)].some((text) => text && caption(text) === wanted)) found.push(element);
  }
  return found;
};

const nameOf = (element) => {
  const label = element.labels && element.labels.length ? textOfLabel(element.labels[0]) : '';
  return caption(namedBy(element) || element.getAttribute('aria-label') || label || words(element) || element.alt || element.title);
};
const byRole = (root, role, name) => [...root.querySelectorAll(ROLES[role] || '[role="' + CSS.escape(role) + '"]')]
  .filter((element) => !name || nameOf(element) === caption(name));

const byCss = (root, value) => {
  try {
    return root.querySelectorAll(value);
  } catch {
    throw new Error('erpbridge-selector[' + value + ']');
  }
};

const byNear = (root, value, side) => byText(root, value)
  .filter((element) => visible(element) && !isButton(element) && !element.matches(FIELDS))
  .flatMap((label) => beside(label, side));

const candidates = (root, { strategy, value, name, side }) => {
  switch (strategy) {
    case 'css': return unique(byCss(root, value));
    case 'name': return unique(root.querySelectorAll('[name="' + CSS.escape(value) + '"]'));
    case 'label': return unique(byLabel(root, value));
    case 'text': return unique(byText(root, value));
    case 'role': return unique(byRole(root, value, name));
    case 'near': return unique(byNear(root, value, side));
    default: return [];
  }
};

const told = ({ strategy, value }) => strategy + '=' + value;
const sameThing = (one, other) => one === other || one.contains(other) || other.contains(one);

// The first locator that finds exactly one element wins (a later one is drift), unless another one finds something else:
// of two fields that claim to be the target neither is believed.
const locate = (root, locators) => {
  const found = locators.map((locator) => candidates(root, locator));
  const position = found.findIndex((elements) => elements.length === 1);
  if (position < 0) {
    const count = Math.max(0, ...found.map((elements) => elements.length));
    const most = locators[found.findIndex((elements) => elements.length === count)];
    return { element: null, position: null, count, locator: count ? told(most) : '' };
  }
  const [element] = found[position];
  const other = found.findIndex((elements) => elements.length && !elements.some((one) => sameThing(one, element)));
  if (other < 0) return { element, position, count: 1, locator: told(locators[position]) };
  return { element: null, position: null, count: 2, locator: told(locators[position]) + ' | ' + told(locators[other]) };
};

// An anchor only says which screen this is: one of its locators is enough.
const anchored = (locators) => locators.some((locator) => candidates(document, locator).length === 1);
