// The chart of a replay: the same drawing, fed by what is played.
import { el } from '../dom.js';
import { CandleSeries } from '../candles.js';
import { CandlePlot } from './candle-plot.js';

export class ReplayChart {
  constructor(root, market) {
    this.root = root.appendChild(el('div', { class: 'chart' }));
    this.series = new CandleSeries();
    this.plot = new CandlePlot(this.root, market, this.series);
    this.root.candles = () => this.series.all;
  }

  begin(symbol, interval) {
    this.series.clear();
    this.plot.begin(symbol, interval, '+00:00');
    this.plot.showNewest();
  }

  take(items) {
    const { changed, inOrder } = this.series.merge(items);
    if (changed.length > 0) {
      this.plot.changed(inOrder ? changed : null);
    }
  }
}
