// Finds named targets in one document, the same way for every page, and says which locator found them.
(() => {
  if (window.__erpbridge) return;

  const FIELDS = 'input:not([type=hidden]), select, textarea, button';
  const BUTTONS = 'input[type=submit], input[type=button], input[type=reset], input[type=image], button';
  const ROLES = {
    button: BUTTONS + ', [role=button]',
    link: 'a[href], [role=link]',
    textbox: 'input:not([type]), input[type=text], input[type=password], input[type=search], textarea, [role=textbox]',
    combobox: 'select, [role=combobox]',
    checkbox: 'input[type=checkbox], [role=checkbox]',
    radio: 'input[type=radio], [role=radio]',
    heading: 'h1, h2, h3, h4, h5, h6, [role=heading]',
    cell: 'td, th, [role=cell]',
  };

  const plain = (text) => (text || '').replace(/[\s\u00a0]+/g, ' ').trim();
  const caption = (text) => plain(text).replace(/\s*[:：*]+$/, '');
  const visible = (element) => {
    if (element.tagName === 'OPTION') return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden';
  };
  const words = (element) =>
    element.matches(BUTTONS) && element.tagName === 'INPUT' ? element.value : element.innerText;
  const unique = (elements) => [...new Set(elements)].filter(visible);

  // Only branches that hold the text are walked: a form of 600 lines is looked at several times a second.
  const byText = (root, value) => {
    const wanted = caption(value);
    const found = [...root.querySelectorAll(BUTTONS)].filter((element) => caption(words(element)) === wanted);
    const walk = (element) => {
      const inside = [...element.children].filter((child) =>
        child.tagName !== 'SCRIPT' && child.tagName !== 'STYLE' && plain(child.textContent).includes(wanted));
      inside.forEach(walk);
      if (!inside.length && (caption(element.innerText) === wanted || caption(element.textContent) === wanted)) {
        if (!found.includes(element)) found.push(element);
      }
    };
    const top = root === document ? document.body : root;
    if (top && wanted) walk(top);
    return found;
  };

  const byLabel = (root, value) => {
    const wanted = caption(value);
    const found = [];
    for (const label of root.querySelectorAll('label')) {
      if (caption(label.innerText) === wanted && label.control) found.push(label.control);
    }
    for (const element of root.querySelectorAll('[aria-label]')) {
      if (caption(element.getAttribute('aria-label')) === wanted) found.push(element);
    }
    return found;
  };

  const nameOf = (element) => {
    const labels = element.labels && element.labels.length ? element.labels[0].innerText : '';
    return caption(element.getAttribute('aria-label') || labels || words(element) || element.title || element.alt);
  };

  const byRole = (root, role, name) =>
    [...root.querySelectorAll(ROLES[role] || '[role=' + role + ']')].filter(
      (element) => !name || nameOf(element) === caption(name));

  // A caption's field: in its own cell, else in the next cell that holds anything; never past another caption.
  const besideInTable = (label, side) => {
    const cell = label.closest('td, th');
    if (!cell) return null;
    let beside = cell;
    for (;;) {
      if (side === 'right') beside = beside.nextElementSibling;
      else if (side === 'left') beside = beside.previousElementSibling;
      else {
        const row = side === 'below' ? cell.parentElement.nextElementSibling : cell.parentElement.previousElementSibling;
        beside = row ? row.cells[cell.cellIndex] : null;
      }
      if (!beside) return [];
      const fields = [...beside.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(
        (field) => visible(field) && !field.matches(BUTTONS));
      if (fields.length) return fields.slice(0, 1);
      if (plain(beside.innerText) || side === 'above' || side === 'below' || beside.id) return [beside];
    }
  };

  const beside = (label, side) => {
    const inTable = besideInTable(label, side);
    if (inTable) return inTable;
    const from = label.getBoundingClientRect();
    const gap = (box) => {
      const level = box.top < from.bottom && box.bottom > from.top;
      const plumb = box.left < from.right && box.right > from.left;
      if (side === 'right') return level && box.left >= from.right - 1 ? box.left - from.right : Infinity;
      if (side === 'left') return level && box.right <= from.left + 1 ? from.left - box.right : Infinity;
      if (side === 'below') return plumb && box.top >= from.bottom - 1 ? box.top - from.bottom : Infinity;
      return plumb && box.bottom <= from.top + 1 ? from.top - box.bottom : Infinity;
    };
    const ranked = [...document.querySelectorAll(FIELDS)].filter(visible)
      .map((field) => [gap(field.getBoundingClientRect()), field])
      .filter(([distance]) => distance < 250).sort((a, b) => a[0] - b[0]);
    return ranked.slice(0, 1).map(([, field]) => field);
  };

  const byNear = (root, value, side) =>
    byText(root, value).filter((element) => !element.matches(FIELDS) && visible(element))
      .flatMap((label) => beside(label, side));

  const candidates = (root, locator) => {
    switch (locator.strategy) {
      case 'css': return unique(root.querySelectorAll(locator.value));
      case 'name': return unique(root.querySelectorAll('[name="' + CSS.escape(locator.value) + '"]'));
      case 'label': return unique(byLabel(root, locator.value));
      case 'text': return unique(byText(root, locator.value));
      case 'role': return unique(byRole(root, locator.value, locator.name));
      case 'near': return unique(byNear(root, locator.value, locator.side));
      default: return [];
    }
  };

  // The first locator that finds exactly one element wins; a later one is drift, several at once are nothing.
  const locate = (root, locators) => {
    let most = 0, ambiguous = '';
    for (let position = 0; position < locators.length; position += 1) {
      const found = candidates(root, locators[position]);
      if (found.length === 1) return { element: found[0], position, count: 1 };
      if (found.length > most) { most = found.length; ambiguous = locators[position].strategy + '=' + locators[position].value; }
    }
    return { element: null, position: null, count: most, locator: ambiguous };
  };

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

  const state = () => [...document.querySelectorAll('input, select, textarea')]
    .map((field) => field.type === 'checkbox' || field.type === 'radio' ? field.checked : field.value).join('\u001f');

  const box = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { left, top, width, height };
  };

  window.__erpbridge = {
    stale: false,
    locate,
    read,
    gridRows,
    state,
    look: (anchor, errors) => {
      const hit = locate(document, anchor);
      const shown = errors.flatMap((locator) => candidates(document, locator)).map((element) => plain(element.innerText));
      return {
        ready: document.readyState !== 'loading' && !!document.body,
        stale: window.__erpbridge.stale,
        anchor: hit.element !== null,
        errors: shown.filter(Boolean),
        text: document.body ? plain(document.body.innerText).slice(0, 300) : '',
      };
    },
    readAll: (targets) => Object.fromEntries(Object.entries(targets).map(([name, locators]) => {
      const hit = locate(document, locators);
      return [name, hit.element ? { text: read(hit.element) } : { missing: true, count: hit.count, locator: hit.locator }];
    })),
    rows: (grid) => gridRows(grid).map((row) => Object.fromEntries(grid.columns.map(({ name, locators }) => {
      const hit = locate(row, locators);
      return [name, hit.element ? read(hit.element) : null];
    }))),
    hits: (targets) => Object.fromEntries(Object.entries(targets).map(([name, locators]) => {
      const hit = locate(document, locators);
      return [name, { position: hit.position, count: hit.count, box: hit.element ? box(hit.element) : null }];
    })),
    cellBoxes: (grid, names) => gridRows(grid).flatMap((row, index) => grid.columns
      .filter(({ name }) => names.includes(name)).map(({ name, locators }) => {
        const hit = locate(row, locators);
        return { name: name + '#' + (index + 1), box: hit.element ? box(hit.element) : null };
      })),
    passwordBoxes: () => [...document.querySelectorAll('input[type=password]')].filter(visible).map(box),
  };
})();
