// A table of figures that is drawn again and again: rows stay, texts change.
import { el, setText } from '../dom.js';
import { text } from '../texts.js';

export class Table {
  #columns;
  #rows = [];

  /**
   * @param {Array<{key: string, of: (row: object) => string, number?: boolean, button?: (row: object) => void}>} columns `key` is that of the head's
   *     text
   */
  constructor(root, caption, columns) {
    this.#columns = columns;
    this.body = el('tbody');
    this.caption = el('caption', { text: caption });
    root.append(el('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': caption },
      el('table', {}, this.caption,
        el('thead', {}, el('tr', {}, ...columns.map(({ key, number }) => el('th', { scope: 'col', class: number ? 'number' : '', text: text(key) })))),
        this.body)));
  }

  draw(rows) {
    rows.forEach((data, index) => {
      const row = this.#rows[index] ?? this.#make();
      row.data = data;
      row.element.hidden = false;
      this.#columns.forEach((column, at) => setText(row.texts[at], column.of(data)));
    });
    this.#rows.slice(rows.length).forEach((row) => { row.element.hidden = true; });
  }

  #make() {
    const row = { texts: [] };
    row.element = el('tr', {}, ...this.#columns.map((column) => {
      const inner = column.button === undefined ? null : el('button', { type: 'button', onclick: () => column.button(row.data) });
      const cell = el('td', { class: column.number ? 'number' : '' }, ...(inner === null ? [] : [inner]));
      row.texts.push(inner ?? cell);
      return cell;
    }));
    this.body.append(row.element);
    this.#rows.push(row);
    return row;
  }
}
