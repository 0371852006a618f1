// The figures of the chosen instrument's day.
import { el, setText, oncePerFrame } from '../dom.js';
import { count, decimal, percent, shortNumber } from '../format.js';
import { text } from '../texts.js';

const FIGURES = ['high', 'low', 'open', 'vwap', 'volume', 'quote', 'trades', 'bid', 'ask'];

export class TickerHeader {
  #market;
  #last = null;
  #flashes = 0;

  constructor(root, market) {
    this.#market = market;
    this.title = el('h2', { id: 'symbol' });
    this.price = el('p', { class: 'price' });
    this.change = el('p', { class: 'change' });
    this.values = Object.fromEntries(FIGURES.map((name) => [name, el('dd')]));
    this.boxes = Object.fromEntries(FIGURES.map((name) => [name, el('div', {}, el('dt', { text: text(name) }), this.values[name])]));
    root.append(el('div', { class: 'ticker-header' }, this.title, this.price, this.change,
      el('dl', {}, ...Object.values(this.boxes))));
    market.onChange(oncePerFrame(() => this.#draw()));
  }

  show(symbol) {
    this.symbol = symbol;
    this.#last = null;
    this.#draw();
  }

  #draw() {
    const { symbol } = this;
    if (symbol === undefined || symbol === null) {
      return;
    }
    const instrument = this.#market.instruments.get(symbol);
    const ticker = this.#market.tickers.get(symbol);
    setText(this.title, symbol);
    document.title = ticker === undefined ? `${symbol} · market` : `${decimal(ticker.last, instrument?.priceDecimals ?? 0)} ${symbol} · market`;
    if (ticker === undefined) {
      [this.price, this.change, ...Object.values(this.values)].forEach((element) => setText(element, '–'));
      return;
    }
    const prices = instrument?.priceDecimals ?? 0;
    setText(this.price, decimal(ticker.last, prices));
    if (this.#last !== null && this.#last !== ticker.last) {
      this.#flashes ^= 1;
      this.price.className = `price ${Number(ticker.last) > Number(this.#last) ? 'up' : 'down'} flash${this.#flashes}`;
    } else if (this.#last === null) {
      this.price.className = 'price';
    }
    this.#last = ticker.last;
    const change = percent(ticker.changePercent);
    setText(this.change, change.text);
    this.change.className = `change ${change.className}`;
    const shown = {
      high: decimal(ticker.high, prices), low: decimal(ticker.low, prices), open: decimal(ticker.open, prices), vwap: decimal(ticker.vwap, prices),
      volume: `${shortNumber(ticker.volume)} ${instrument?.baseAsset ?? ''}`, quote: `${shortNumber(ticker.quoteVolume)} ${instrument?.quoteAsset ?? ''}`,
      trades: count(ticker.count), bid: quoted(ticker.bid, ticker.bidQty, prices), ask: quoted(ticker.ask, ticker.askQty, prices),
    };
    for (const name of FIGURES) {
      this.boxes[name].hidden = shown[name] === null;
      setText(this.values[name], shown[name] ?? '');
    }
  }
}

/** A quote, where the server is fed with them. */
function quoted(price, quantity, decimals) {
  return price === undefined || price === null ? null : `${decimal(price, decimals)} × ${shortNumber(quantity)}`;
}
