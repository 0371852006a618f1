// The live trade tape: every trade of one instrument, the newest on top; what was skipped is said.
import { el, setText, setClass, oncePerFrame } from '../dom.js';
import { count, decimal, timeOfDay } from '../format.js';
import { isSymbol } from '../router.js';
import { text } from '../texts.js';

const LENGTH = 40;

export class Tape {
  #link;
  #market;
  #subscription = null;
  #generation = 0;
  #trades = [];
  #rows = [];
  #ask;

  constructor(root, link, market) {
    this.#link = link;
    this.#market = market;
    this.#ask = oncePerFrame(() => this.#draw());
    this.body = el('tbody', { id: 'tape' });
    this.table = el('table', { class: 'tape' },
      el('caption', { text: text('tape') }),
      el('thead', {}, el('tr', {}, ...['time', 'price', 'quantity'].map((name) => el('th', { scope: 'col', text: text(name) })))),
      this.body);
    root.append(this.table);
    link.onChange(() => this.#ask());
  }

  /** Shows the trades of an instrument; of none where the chart tells that there is no such, or the banner that there is no connection. */
  show(symbol) {
    this.stop();
    this.symbol = symbol;
    if (isSymbol(symbol) && !this.#link.client.closed) {
      this.#join();
    }
    this.#ask();
  }

  #join() {
    const generation = this.#generation;
    this.#subscription = this.#link.client.subscribe(`trade:${this.symbol}`, {
      onData: (items) => generation === this.#generation && this.#take(items),
      onGap: ({ fromSeq, toSeq }) => generation === this.#generation && this.#take([{ skipped: toSeq - fromSeq + 1 }]),
    }, { snapshot: LENGTH });
    this.#subscription.ready.catch(() => {}); // The link tells of a refusal.
  }

  stop() {
    this.#generation++;
    this.#subscription?.unsubscribe().catch(() => {});
    this.#subscription = null;
    this.#trades = [];
    this.#ask();
  }

  #take(items) {
    // Rising by seq. Only the last ones can be seen, however many there are.
    this.#trades = items.slice(-LENGTH).reverse().concat(this.#trades).slice(0, LENGTH);
    this.#ask();
  }

  #draw() {
    const { priceDecimals, quantityDecimals } = this.#market.decimals(this.symbol);
    setClass(this.table, 'stale', this.#subscription !== null && this.#link.staleSince(this.#subscription.room) !== null);
    for (let i = 0; i < LENGTH; i++) {
      const trade = this.#trades[i];
      if (trade === undefined && i >= this.#rows.length) {
        break;
      }
      const row = this.#rows[i] ?? this.#makeRow();
      row.element.hidden = trade === undefined;
      if (trade === undefined) {
        continue;
      }
      const skipped = trade.skipped !== undefined;
      setText(row.cells[0], skipped ? '…' : timeOfDay(trade.time));
      setText(row.cells[1], skipped ? text('skipped', { count: count(trade.skipped) }) : decimal(trade.price, priceDecimals));
      setText(row.cells[2], skipped ? '' : decimal(trade.qty, quantityDecimals));
      row.cells[1].className = trade.takerSide === 'buy' ? 'up' : trade.takerSide === 'sell' ? 'down' : '';
    }
  }

  #makeRow() {
    const cells = [0, 1, 2].map(() => el('td'));
    const row = { element: el('tr', {}, ...cells), cells };
    this.body.append(row.element);
    this.#rows.push(row);
    return row;
  }
}
