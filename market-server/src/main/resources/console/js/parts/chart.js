// The live chart of one instrument.
import { el, setText, setClass } from '../dom.js';
import { timeOfDay } from '../format.js';
import { LiveCandles } from '../candles.js';
import { isSymbol } from '../router.js';
import { text } from '../texts.js';
import { CandlePlot } from './candle-plot.js';

/** Until a page of history that did not come is asked for again. */
const RETRY_MILLIS = 1_000;

export class Chart {
  #link;
  #again = 0;
  #refusal = null;
  #loading = false;

  constructor(root, link, market) {
    this.#link = link;
    this.root = root.appendChild(el('div', { class: 'chart' }));
    this.candles = new LiveCandles(link, (changed) => this.plot.changed(changed));
    this.plot = new CandlePlot(this.root, market, this.candles.series, () => this.#readEarlier());
    this.note = this.root.appendChild(el('p', { class: 'chart-note note', role: 'status' }));
    // What is drawn now, for tests and for the curious.
    this.root.candles = () => this.candles.series.all;
    this.root.drawn = () => this.plot.candles.data();
    link.onChange(() => this.#drawNote());
  }

  /** Shows a series; what the server refuses is told below the chart. */
  async show(symbol, interval, offset, rate) {
    const shown = {};
    this.shown = shown;
    this.#refusal = null;
    this.#loading = true;
    this.candles.stop();
    this.plot.begin(symbol, interval, offset);
    this.#drawNote();
    try {
      await this.candles.show({ symbol, interval, offset, rate });
      if (this.shown === shown) {
        this.plot.showNewest();
      }
    } catch (error) {
      if (this.shown === shown) {
        this.#refusal = isSymbol(symbol) && error.code !== 'unknown_symbol' ? error.message : text('noInstrument', { symbol });
      }
    }
    if (this.shown === shown) {
      this.#loading = false;
      this.#drawNote();
    }
  }

  stop() {
    this.shown = null;
    this.candles.stop();
    this.plot.changed(null);
  }

  async #readEarlier() {
    if (this.candles.atBegin) {
      return;
    }
    const { shown } = this;
    try {
      await this.candles.earlier();
    } catch {
      // Told as the state of the connection, or the database has it in a moment. A chart at its edge moves no more, so it asks by itself.
      clearTimeout(this.#again);
      this.#again = setTimeout(() => this.shown === shown && this.plot.nearBegin && this.#readEarlier(), RETRY_MILLIS);
    }
    this.#drawNote();
  }

  /** A room that stalls is grey: its last candle may be long out of date. */
  #drawNote() {
    const { room } = this.candles;
    const since = room === null ? null : this.#link.staleSince(room);
    setClass(this.root, 'stale', since !== null);
    setText(this.note, this.#refusal ?? (since !== null ? text('stale', { time: timeOfDay(since) })
      : this.#loading ? text('loading')
        : this.candles.atBegin ? text('begin') : ''));
  }
}
