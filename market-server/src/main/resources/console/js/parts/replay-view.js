// The past of one instrument, played by the server to the same kind of chart.
import { el, setText, oncePerFrame } from '../dom.js';
import { count, dateAndTime } from '../format.js';
import { text } from '../texts.js';
import { INTERVALS } from './market-view.js';
import { ReplayChart } from './replay-chart.js';

const SPEEDS = [1, 2, 5, 10, 30, 60, 100, 300, 1_000];

export class ReplayView {
  #link;
  #market;
  #replay = null;
  #progress = null;
  #ask;

  constructor(root, link, market) {
    this.#link = link;
    this.#market = market;
    this.root = root;
    this.#ask = oncePerFrame(() => this.#drawProgress());
    this.symbol = el('select', { name: 'symbol', onchange: () => this.#proposePeriod() });
    this.from = el('input', { type: 'datetime-local', name: 'from', step: 1, required: true });
    this.to = el('input', { type: 'datetime-local', name: 'to', step: 1, required: true });
    this.interval = el('select', { name: 'interval' }, ...INTERVALS.map((value) => el('option', { value, text: value })));
    this.interval.value = '1m';
    this.speed = el('select', { name: 'speed' }, ...SPEEDS.map((value) => el('option', { value, text: `${value}×` })));
    this.speed.value = '60';
    this.play = el('button', { type: 'submit', class: 'primary', text: text('play') });
    this.stopButton = el('button', { type: 'button', text: text('stop'), disabled: true, onclick: () => this.#replay?.stop().catch(() => {}) });
    this.state = el('p', { class: 'note', role: 'status' });
    const labelled = (key, box) => el('label', {}, `${text(key)} `, box);
    root.append(
      el('form', { class: 'controls', onsubmit: (event) => { event.preventDefault(); this.#start(); } },
        labelled('symbol', this.symbol), labelled('from', this.from), labelled('to', this.to),
        labelled('interval', this.interval), labelled('speed', this.speed), this.play, this.stopButton),
      this.state);
    this.chart = new ReplayChart(root.appendChild(el('div', { class: 'chart-pane' })), market);
    market.onChange(() => !this.root.hidden && this.#listSymbols());
  }

  show() {
    this.root.hidden = false;
    this.#listSymbols();
  }

  hide() {
    this.root.hidden = true;
    this.#replay?.stop().catch(() => {});
  }

  #listSymbols() {
    const { tickers } = this.#market;
    if (tickers.size !== this.symbol.options.length || tickers !== this.listed) {
      this.listed = tickers;
      const symbols = [...tickers.keys()].sort();
      const kept = this.symbol.value;
      this.symbol.replaceChildren(...symbols.map((value) => el('option', { value, text: value })));
      this.symbol.value = symbols.includes(kept) ? kept : symbols[0] ?? '';
      if (kept === '') {
        this.#proposePeriod();
      }
    }
  }

  /** The last hour up to the newest trade. */
  #proposePeriod() {
    const ticker = this.#market.tickers.get(this.symbol.value);
    if (ticker !== undefined) {
      this.from.value = local(ticker.time - 3_600_000);
      this.to.value = local(ticker.time);
    }
  }

  async #start() {
    const symbol = this.symbol.value;
    if (symbol === '') {
      setText(this.state, text('noHistory'));
      return;
    }
    this.play.disabled = true;
    const fromTime = new Date(this.from.value).getTime();
    const toTime = new Date(this.to.value).getTime();
    const room = `kline:${symbol}:${this.interval.value}@raw`;
    this.chart.begin(symbol, this.interval.value);
    this.#progress = { count: 0, time: fromTime };
    try {
      this.#replay = await this.#link.client.replay({ symbol, fromTime, toTime, speed: Number(this.speed.value), rooms: [room] }, (items, info) => {
        this.chart.take(items);
        this.#progress.time = info.serverTime;
        this.#ask();
      });
      if (this.root.hidden) {
        this.#replay.stop().catch(() => {}); // The view was left before there was anything to stop.
      }
      const refused = this.#replay.rooms.find((each) => !each.ok);
      if (refused !== undefined) {
        throw new Error(refused.message);
      }
      this.stopButton.disabled = false;
      const end = await this.#replay.done;
      this.#progress = null;
      setText(this.state, text('played', { count: count(end.trades), time: dateAndTime(end.toTime) }));
    } catch (error) {
      this.#progress = null;
      setText(this.state, text('playFailed', { message: error.message }));
    } finally {
      this.#replay = null;
      this.play.disabled = false;
      this.stopButton.disabled = true;
    }
  }

  #drawProgress() {
    if (this.#progress !== null) {
      setText(this.state, text('playing', { time: dateAndTime(this.#progress.time) }));
    }
  }
}

/** A moment as the box of a form has it: this machine's zone, whole seconds. */
function local(millis) {
  const date = new Date(Math.floor(millis / 1_000) * 1_000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
