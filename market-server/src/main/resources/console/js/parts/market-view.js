// The market: the list beside one instrument's header, chart and tape. What is chosen stands in the address.
import { el } from '../dom.js';
import { text } from '../texts.js';
import { go, route } from '../router.js';
import { Chart } from './chart.js';
import { InstrumentList } from './instrument-list.js';
import { Tape } from './tape.js';
import { TickerHeader } from './ticker-header.js';

export const INTERVALS = ['1s', '1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '3d', '1w', '1M'];
const RATES = ['raw', '100ms', '250ms', '500ms', '1s', '2s', '5s', '10s'];
const DEFAULTS = { interval: '1m', offset: '+00:00', rate: '250ms' };

export class MarketView {
  #market;
  #shown = '';

  constructor(root, link, market, sparklines) {
    this.#market = market;
    this.root = root;
    this.list = new InstrumentList(root.appendChild(el('section', { class: 'list', 'aria-label': text('instruments') })), market, sparklines,
      (symbol) => this.#choose({ symbol }));
    this.detail = root.appendChild(el('section', { class: 'detail', 'aria-labelledby': 'symbol' }));
    this.header = new TickerHeader(this.detail, market);
    this.interval = select('interval', INTERVALS, (interval) => this.#choose({ interval }));
    this.offset = select('offset', offsets(), (offset) => this.#choose({ offset }));
    this.rate = select('rate', RATES, (rate) => this.#choose({ rate }));
    this.detail.append(el('div', { class: 'controls' }, this.interval.label, this.offset.label, this.rate.label));
    const panes = this.detail.appendChild(el('div', { class: 'panes' }));
    this.chart = new Chart(panes.appendChild(el('div', { class: 'chart-pane' })), link, market);
    this.tape = new Tape(panes.appendChild(el('div', { class: 'tape-pane', tabindex: 0, role: 'region', 'aria-label': text('tape') })), link, market);
    // Until a symbol is chosen, the first that comes is.
    market.onChange(() => !this.root.hidden && this.symbol === undefined && this.show());
    link.client.on('historyChanged', () => this.#beginAnew());
  }

  show() {
    this.root.hidden = false;
    const { symbol: asked, options } = route();
    const symbol = asked ?? this.#first();
    if (symbol === null) {
      return;
    }
    const chosen = {
      interval: known(INTERVALS, options.get('interval'), DEFAULTS.interval),
      offset: known(offsets(), options.get('offset'), DEFAULTS.offset),
      rate: known(RATES, options.get('rate'), DEFAULTS.rate),
    };
    const { interval, offset, rate } = chosen;
    this.interval.box.value = interval;
    this.offset.box.value = offset;
    this.rate.box.value = rate;
    this.list.choose(symbol);
    const all = [symbol, interval, offset, rate].join(' ');
    if (this.#shown === all) {
      return;
    }
    if (this.symbol !== symbol) {
      this.symbol = symbol;
      this.header.show(symbol);
      this.tape.show(symbol);
    }
    this.#shown = all;
    this.chart.show(symbol, interval, offset, rate === DEFAULTS.rate ? '' : rate);
  }

  hide() {
    this.root.hidden = true;
    this.#leave();
  }

  /** What is shown is of a history that the server does not have any more. */
  #beginAnew() {
    if (!this.root.hidden) {
      this.#leave();
      this.show();
    }
  }

  #leave() {
    this.chart.stop();
    this.tape.stop();
    this.#shown = '';
    this.symbol = undefined;
  }

  #first() {
    const symbols = [...this.#market.tickers.keys()].sort();
    return symbols[0] ?? null;
  }

  #choose(change) {
    const { symbol, options } = route();
    const next = { ...DEFAULTS, ...Object.fromEntries(options), ...change };
    const told = Object.fromEntries(Object.keys(DEFAULTS).filter((key) => next[key] !== DEFAULTS[key]).map((key) => [key, next[key]]));
    go('market', change.symbol ?? symbol ?? this.symbol ?? null, told, change.symbol === undefined);
    if (change.symbol !== undefined && matchMedia('(max-width: 63.99rem)').matches) {
      this.detail.scrollIntoView();
    }
  }
}

function known(all, value, otherwise) {
  return all.includes(value) ? value : otherwise;
}

function select(key, values, onChoose) {
  const box = el('select', { name: key, onchange: () => onChoose(box.value) }, ...values.map((value) => el('option', { value, text: value })));
  return { box, label: el('label', {}, `${text(key)} `, box) };
}

/** Every hour from -12:00 to +14:00, and the half and quarter hours in use. */
function offsets() {
  const minutes = [];
  for (let hour = -12; hour <= 14; hour++) {
    minutes.push(hour * 60);
  }
  minutes.push(-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765);
  return minutes.sort((a, b) => a - b).map((each) => {
    const size = Math.abs(each);
    return `${each < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
  });
}
