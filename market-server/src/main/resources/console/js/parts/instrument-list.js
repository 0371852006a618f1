// All instruments with live prices: a table of which only the rows in sight exist, so a thousand cost what thirty cost.
import { el, setText, setClass, oncePerFrame } from '../dom.js';
import { count, decimal, percent, shortNumber } from '../format.js';
import { text } from '../texts.js';

const ROW_HEIGHT = 32;
const SPARE_ROWS = 4;
const COLUMNS = [
  { name: 'symbol', key: (row) => row.symbol },
  { name: 'last', key: (row) => Number(row.ticker?.last ?? NaN) },
  { name: 'change', key: (row) => Number(row.ticker?.changePercent ?? NaN) },
  { name: 'trend' },
  { name: 'volume', key: (row) => Number(row.ticker?.quoteVolume ?? NaN) },
];
// While prices move, an order by a figure is made anew so often and not more.
const SORT_MILLIS = 2_000;

export class InstrumentList {
  #market;
  #sparklines;
  #onChoose;
  #chosen = null;
  #sort = { column: 0, descending: false };
  #filter = '';
  #order = [];
  #orderDirty = true;
  #sortedAt = 0;
  #pool = [];
  #bySymbol = new Map();
  // Where the focus was last among the rows, and is again when that row is there.
  #walked = null;
  #ask;

  constructor(root, market, sparklines, onChoose) {
    this.#market = market;
    this.#sparklines = sparklines;
    this.#onChoose = onChoose;
    this.#ask = oncePerFrame(() => this.#draw());
    this.filterBox = el('input', { type: 'search', id: 'filter', placeholder: text('filter'), 'aria-label': text('filter'), autocomplete: 'off', oninput: () => {
      this.#filter = this.filterBox.value.trim().toUpperCase();
      this.#orderDirty = true;
      this.#ask();
    } });
    this.heads = COLUMNS.map((column, index) => this.#head(column, index));
    this.body = el('div', { class: 'rows', role: 'rowgroup' });
    this.spacer = el('div', { class: 'spacer', role: 'presentation' });
    this.scroller = el('div', {
      class: 'scroller', role: 'presentation', onscroll: () => this.#ask(),
    }, this.spacer, this.body);
    this.empty = el('p', { class: 'note' });
    this.grid = el('div', {
      class: 'grid', role: 'grid', tabindex: -1, 'aria-label': text('instruments'), onkeydown: (event) => this.#key(event),
    },
      el('div', { class: 'head', role: 'rowgroup' }, el('div', { class: 'row', role: 'row', 'aria-rowindex': 1 }, ...this.heads)),
      this.scroller);
    root.append(this.filterBox, this.grid, this.empty);
    new ResizeObserver(() => this.#ask()).observe(this.scroller);
    market.onChange(() => this.#ask());
    sparklines.onChange((symbol) => {
      this.#market.changed.add(symbol);
      this.#ask();
    });
    this.#ask();
  }

  choose(symbol) {
    if (this.#chosen !== symbol) {
      this.#chosen = symbol;
      this.#pool.forEach((row) => { row.symbol = null; });
      this.#ask();
    }
  }

  #head(column, index) {
    if (column.key === undefined) {
      return el('div', { class: `cell ${column.name}`, role: 'columnheader', text: text(column.name) });
    }
    const button = el('button', { type: 'button', text: text(column.name), onclick: () => this.#sortBy(index) });
    return el('div', { class: `cell ${column.name}`, role: 'columnheader', 'aria-sort': index === 0 ? 'ascending' : 'none' }, button);
  }

  #sortBy(column) {
    const same = this.#sort.column === column;
    this.#sort = { column, descending: same ? !this.#sort.descending : column !== 0 };
    this.heads.forEach((head, index) => {
      if (COLUMNS[index].key !== undefined) {
        head.setAttribute('aria-sort', index !== column ? 'none' : this.#sort.descending ? 'descending' : 'ascending');
      }
    });
    this.#orderDirty = true;
    this.scroller.scrollTop = 0;
    this.#ask();
  }

  #key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    const amongRows = event.target === this.grid || this.scroller.contains(event.target);
    if (!Object.hasOwn(steps, event.key) || this.#order.length === 0 || !amongRows) {
      return;
    }
    event.preventDefault();
    const at = this.#order.indexOf(this.#focused());
    const next = Math.min(this.#order.length - 1, Math.max(0, at + steps[event.key]));
    this.#scrollTo(next);
    this.#draw();
    this.#bySymbol.get(this.#order[next])?.button.focus();
  }

  /** The symbol whose row has the focus, or had it and is not there; null if the focus is elsewhere. */
  #focused() {
    const active = document.activeElement;
    return this.body.contains(active) ? active.closest('[role=row]').dataset.symbol : active === this.grid ? this.#walked ?? this.#chosen : null;
  }

  #scrollTo(index) {
    const top = index * ROW_HEIGHT;
    const height = this.scroller.clientHeight;
    if (top < this.scroller.scrollTop) {
      this.scroller.scrollTop = top;
    } else if (top + ROW_HEIGHT > this.scroller.scrollTop + height) {
      this.scroller.scrollTop = top + ROW_HEIGHT - height;
    }
  }

  #sortRows() {
    const now = performance.now();
    const moves = this.#sort.column !== 0 && now - this.#sortedAt > SORT_MILLIS;
    const symbols = new Set([...this.#market.instruments.keys(), ...this.#market.tickers.keys()]);
    const { tickers } = this.#market;
    if (!this.#orderDirty && !moves && symbols.size === this.allCount && tickers === this.sorted) {
      return;
    }
    this.allCount = symbols.size;
    this.sorted = tickers;
    this.#orderDirty = false;
    this.#sortedAt = now;
    const { key } = COLUMNS[this.#sort.column];
    const sign = this.#sort.descending ? -1 : 1;
    const rows = [...symbols].filter((symbol) => symbol.includes(this.#filter))
      .map((symbol) => ({ symbol, key: key({ symbol, ticker: this.#market.tickers.get(symbol) }) }));
    rows.sort((a, b) => {
      if (a.key !== b.key && a.key === a.key && b.key === b.key) { // NaN has no place of its own: it goes last.
        return a.key < b.key ? -sign : sign;
      }
      const missing = (a.key !== a.key) - (b.key !== b.key);
      return missing !== 0 ? missing : a.symbol < b.symbol ? -1 : 1;
    });
    this.#order = rows.map((row) => row.symbol);
    this.spacer.style.height = `${this.#order.length * ROW_HEIGHT}px`;
    this.grid.setAttribute('aria-rowcount', this.#order.length + 1);
  }

  /** That there is no instrument is said when the server has told all. */
  #note() {
    if (this.#order.length > 0) {
      return '';
    }
    return this.allCount > 0 ? text('noMatch') : this.#market.known ? text('none') : '';
  }

  #draw() {
    this.#sortRows();
    setText(this.empty, this.#note());
    this.#walked = this.#focused();
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const fit = Math.ceil((this.scroller.clientHeight || ROW_HEIGHT) / ROW_HEIGHT) + 2 * SPARE_ROWS;
    const shown = this.#order.slice(first, first + fit);
    while (this.#pool.length < shown.length) {
      const row = this.#makeRow();
      this.#pool.push(row);
      this.body.append(row.element);
    }
    this.#bySymbol.clear();
    this.#pool.forEach((row, index) => {
      const symbol = shown[index];
      row.element.hidden = symbol === undefined;
      if (symbol === undefined) {
        row.symbol = null;
        return;
      }
      this.#bySymbol.set(symbol, row);
      if (row.symbol !== symbol || row.index !== first + index || this.#market.changed.has(symbol)) {
        this.#drawRow(row, symbol, first + index);
      }
    });
    this.#market.changed.clear();
    this.#placeFocus(shown, first);
  }

  /** A row may show another symbol than before: the focus stays with its symbol, and one row can always be reached by Tab. */
  #placeFocus(shown, first) {
    const inSight = Math.min(shown.length - 1, Math.max(0, Math.ceil(this.scroller.scrollTop / ROW_HEIGHT) - first));
    const reachable = this.#bySymbol.has(this.#chosen) ? this.#chosen : shown[inSight];
    this.#pool.forEach((row) => { row.button.tabIndex = row.symbol !== null && row.symbol === reachable ? 0 : -1; });
    if (this.#walked !== null) {
      const place = this.#bySymbol.get(this.#walked)?.button ?? this.grid;
      if (place !== document.activeElement) {
        place.focus({ preventScroll: true });
      }
    }
  }

  #makeRow() {
    const button = el('button', { type: 'button', tabindex: -1 });
    const cells = Object.fromEntries(COLUMNS.map(({ name }) => [name, el('div', { class: `cell ${name}`, role: name === 'symbol' ? 'rowheader' : 'gridcell' })]));
    cells.symbol.append(button);
    const element = el('div', { class: 'row', role: 'row' }, ...Object.values(cells));
    const row = { element, button, cells, symbol: null, index: -1, last: null, flashes: 0 };
    element.addEventListener('click', () => row.symbol !== null && this.#onChoose(row.symbol));
    return row;
  }

  #drawRow(row, symbol, index) {
    const other = row.symbol !== symbol;
    row.symbol = symbol;
    row.index = index;
    const { element, cells } = row;
    element.dataset.symbol = symbol;
    element.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    element.setAttribute('aria-rowindex', index + 2);
    const chosen = symbol === this.#chosen;
    element.setAttribute('aria-selected', String(chosen));
    const instrument = this.#market.instruments.get(symbol);
    setText(row.button, symbol);
    row.button.title = instrument?.status === 'halted' ? text('halted') : '';
    const ticker = this.#market.tickers.get(symbol);
    if (ticker === undefined) {
      ['last', 'change', 'volume'].forEach((name) => setText(cells[name], '–'));
      cells.trend.replaceChildren();
      row.last = null;
      return;
    }
    setText(cells.last, decimal(ticker.last, instrument?.priceDecimals ?? 0));
    if (other || row.last === null) {
      cells.last.className = 'cell last';
    } else if (row.last !== ticker.last) {
      row.flashes ^= 1;
      cells.last.className = `cell last ${Number(ticker.last) > Number(row.last) ? 'up' : 'down'} flash${row.flashes}`;
    }
    row.last = ticker.last;
    const change = percent(ticker.changePercent);
    setText(cells.change, change.text);
    cells.change.className = `cell change ${change.className}`;
    setText(cells.volume, shortNumber(ticker.quoteVolume));
    cells.volume.title = `${decimal(ticker.quoteVolume, 0)} ${instrument?.quoteAsset ?? ''}, ${count(ticker.count)} ${text('trades')}`;
    this.#drawTrend(cells.trend, symbol, Number(ticker.last), change.className);
  }

  #drawTrend(cell, symbol, last, className) {
    const path = this.#sparklines.path(symbol, last);
    if (path === null) {
      cell.replaceChildren();
      return;
    }
    const line = cell.firstElementChild ?? cell.appendChild(this.#sparklines.element());
    setClass(line, 'up', className === 'up');
    setClass(line, 'down', className === 'down');
    line.firstElementChild.setAttribute('d', path);
  }
}
