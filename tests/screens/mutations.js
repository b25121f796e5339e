// What an update, or a customer's own consultant, does to a form; each change takes the names of one field or of two.
(() => {
  const box = (name) => document.querySelector(`[name="${name}"]`);
  const cellOf = (name) => box(name).closest('td');
  const captionOf = (name) => cellOf(name).previousElementSibling;
  const fresh = (name) => Object.assign(document.createElement('input'), { name, size: 6 });
  const swap = (one, other) => {
    const mark = document.createComment('');
    one.replaceWith(mark);
    other.replaceWith(one);
    mark.replaceWith(other);
  };
  const reword = (name, change) => { captionOf(name).innerHTML = change(captionOf(name).innerHTML); };
  const row = (...cells) => { const made = document.createElement('tr'); made.append(...cells); return made; };
  return {
    renamed: (a) => Object.assign(box(a), { id: 'x' + box(a).id, name: 'x' + a }),
    lost_its_id: (a) => box(a).removeAttribute('id'),
    lost_its_label: (a) => { for (const label of captionOf(a).querySelectorAll('label')) label.outerHTML = label.innerHTML; },
    colon: (a) => reword(a, (html) => html.replace(/([^<>]+)(<|$)/, '$1:$2')),
    star: (a) => captionOf(a).append(' *'),
    hard_space: (a) => reword(a, (html) => html.replace(' ', '&nbsp;')),
    bold: (a) => reword(a, (html) => '<b>' + html + '</b>'),
    translated: (a) => { captionOf(a).textContent = '字段' + a.length; },
    decoy_before: (a) => cellOf(a).prepend(fresh('decoy1')),
    decoy_after: (a) => cellOf(a).append(fresh('decoy2')),
    decoy_cell: (a) => { const cell = document.createElement('td'); cell.append(fresh('decoy3')); cellOf(a).before(cell); },
    decoy_in_caption: (a) => captionOf(a).append(fresh('decoy4')),
    blank_cell: (a) => cellOf(a).before(document.createElement('td')),
    swapped_captions: (a, b) => {
      const html = captionOf(a).innerHTML;
      captionOf(a).innerHTML = captionOf(b).innerHTML;
      captionOf(b).innerHTML = html;
    },
    swapped_fields: (a, b) => swap(box(a), box(b)),
    swapped_ids: (a, b) => { [box(a).id, box(b).id] = [box(b).id, box(a).id]; },
    swapped_cells: (a, b) => {
      const [one, two] = [[captionOf(a), cellOf(a)], [captionOf(b), cellOf(b)]];
      swap(one[0], two[0]);
      swap(one[1], two[1]);
    },
    moved_to_a_row_of_its_own: (a) => captionOf(a).closest('table').append(row(captionOf(a), cellOf(a))),
    moved_out_of_the_table: (a) => {
      const line = document.createElement('p');
      line.innerHTML = '<span>' + captionOf(a).innerHTML + '</span> ';
      captionOf(a).innerHTML = '';
      line.append(box(a));
      document.forms[0].prepend(line);
    },
    hidden_twin: (a) => {
      const twin = cellOf(a).parentElement.cloneNode(true);
      twin.style.display = 'none';
      cellOf(a).closest('table').append(twin);
    },
    shown_twin: (a) => {
      const twin = [captionOf(a).cloneNode(true), cellOf(a).cloneNode(true)];
      for (const field of twin[1].querySelectorAll('input')) field.name = 'twin';
      cellOf(a).closest('table').append(row(...twin));
    },
    gone: (a) => { captionOf(a).innerHTML = ''; cellOf(a).innerHTML = ''; },
    field_gone: (a) => box(a).remove(),
  };
})()
