// Candles and volume drawn with TradingView's Lightweight Charts. Numbers are made of the decimals here, for drawing only.
import {
  CandlestickSeries, ColorType, CrosshairMode, HistogramSeries, createChart,
} from '../../vendor/lightweight-charts/lightweight-charts.mjs';
import { el, setText, oncePerFrame } from '../dom.js';
import { decimal, shortNumber } from '../format.js';
import { locale, text } from '../texts.js';

// When so few candles are left beyond the left end of what is in sight, more are asked for.
const NEAR_BEGIN = 60;
const SHOWN_FIRST = 120;
// Of more changes than this all is drawn anew: a hidden page gathers them and draws nothing.
const MOST_CHANGES = 1_000;
const COLOURS = ['ground', 'soft', 'line', 'up', 'down', 'up-soft', 'down-soft', 'focus'];

export class CandlePlot {
  #market;
  #source;
  #onNearBegin;
  #changes = [];
  #allDue = false;
  #drawnTime = -Infinity;
  // The time under the pointer, or undefined.
  #hovered = undefined;
  #following = true;
  #colours = colours();
  #offsetSeconds = 0;
  #precision = null;
  #ask = oncePerFrame(() => this.#draw());

  /**
   * @param {CandleSeries} source what is drawn
   * @param onNearBegin called while the first candles are in sight
   */
  constructor(root, market, source, onNearBegin = () => {}) {
    this.nearBegin = false;
    this.#market = market;
    this.#source = source;
    this.#onNearBegin = onNearBegin;
    this.legend = el('p', { class: 'legend' });
    this.canvas = el('div', { class: 'canvas', role: 'img', 'aria-label': text('chart', { symbol: '' }) });
    root.append(this.legend, this.canvas);
    this.chart = createChart(this.canvas, { autoSize: true, ...this.#options() });
    this.candles = this.chart.addSeries(CandlestickSeries, {});
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume', priceFormat: { type: 'volume' }, lastValueVisible: false, priceLineVisible: false,
    });
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.22 } });
    this.#paint();
    this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => this.#moved(range));
    this.chart.subscribeCrosshairMove((at) => {
      this.#hovered = at.time;
      this.#drawLegend();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#colours = colours();
      this.chart.applyOptions(this.#options());
      this.#paint();
      this.changed(null);
    });
    market.onChange(() => this.#usePrecision());
  }

  /** Begins an empty plot. */
  begin(symbol, interval, offset) {
    this.symbol = symbol;
    this.#offsetSeconds = seconds(offset);
    this.#following = true;
    this.#precision = null;
    this.#hovered = undefined;
    this.canvas.setAttribute('aria-label', text('chart', { symbol }));
    this.chart.applyOptions({ timeScale: { secondsVisible: interval === '1s' } });
    this.#usePrecision();
    this.changed(null);
  }

  /** The source has changed: these candles, or all if null. */
  changed(candles) {
    if (candles === null || this.#changes.length + candles.length > MOST_CHANGES) {
      this.#allDue = true;
      this.#changes = [];
    } else if (!this.#allDue) {
      this.#changes.push(...candles);
    }
    this.#ask();
  }

  /** Draws at once and shows the newest. */
  showNewest() {
    this.#draw();
    const { length } = this.#source.all;
    if (length === 0) {
      this.chart.timeScale().resetTimeScale();
      return;
    }
    this.chart.timeScale().setVisibleLogicalRange({ from: Math.max(-2, length - SHOWN_FIRST), to: length + 4 });
  }

  #draw() {
    const { all, newest } = this.#source;
    const changes = this.#changes;
    this.#changes = [];
    if (this.#allDue) {
      this.#allDue = false;
      const sight = this.#following ? null : this.chart.timeScale().getVisibleRange();
      this.candles.setData(all.map((kline) => this.#bar(kline)));
      this.volume.setData(all.map((kline) => this.#column(kline)));
      if (sight !== null && all.length > 0) {
        this.chart.timeScale().setVisibleRange(sight);
      }
      this.#drawnTime = newest?.openTime ?? -Infinity;
    } else {
      for (const kline of changes) {
        const late = kline.openTime < this.#drawnTime;
        this.candles.update(this.#bar(kline), late);
        this.volume.update(this.#column(kline), late);
        this.#drawnTime = Math.max(this.#drawnTime, kline.openTime); // A candle closes after the next one has begun.
      }
    }
    this.#drawLegend();
  }

  #moved(range) {
    if (range !== null) {
      this.#following = range.to >= this.#source.all.length - 1;
      this.nearBegin = range.from < NEAR_BEGIN && this.#source.all.length > 0;
      if (this.nearBegin) {
        this.#onNearBegin();
      }
    }
  }

  #time(kline) {
    return kline.openTime / 1_000 + this.#offsetSeconds;
  }

  /** A running candle is hollow; its close fills it. */
  #bar(kline) {
    const bar = {
      time: this.#time(kline), open: Number(kline.open), high: Number(kline.high), low: Number(kline.low), close: Number(kline.close),
    };
    return kline.closed ? bar : { ...bar, color: this.#colours.ground };
  }

  #column(kline) {
    const rises = Number(kline.close) >= Number(kline.open);
    return { time: this.#time(kline), value: Number(kline.volume), color: this.#colours[rises ? 'up-soft' : 'down-soft'] };
  }

  /** The figures of the candle under the pointer, or of the newest. */
  #drawLegend() {
    const time = this.#hovered;
    const { all, newest } = this.#source;
    const kline = time === undefined ? newest : all.find((each) => this.#time(each) === time);
    if (kline === null || kline === undefined) {
      setText(this.legend, '');
      return;
    }
    const figures = [['open', kline.open], ['high', kline.high], ['low', kline.low], ['last', kline.close]]
      .map(([key, value]) => `${text(key)} ${decimal(value, this.#precision ?? 0)}`);
    const finality = kline.closed ? `${text('final')}${kline.cause === 'late' ? ' *' : ''}` : text('running');
    setText(this.legend, [...figures, `${text('volume')} ${shortNumber(kline.volume)}`, finality].join(' · '));
  }

  #usePrecision() {
    const instrument = this.#market.instruments.get(this.symbol);
    if (instrument !== undefined && this.#precision !== instrument.priceDecimals) {
      this.#precision = instrument.priceDecimals;
      this.candles.applyOptions({
        priceFormat: { type: 'price', precision: instrument.priceDecimals, minMove: Number(instrument.tickSize) },
      });
    }
  }

  #options() {
    const { ground, soft, line } = this.#colours;
    return {
      layout: { background: { type: ColorType.Solid, color: ground }, textColor: soft, attributionLogo: false, fontSize: 12 },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderColor: line },
      timeScale: { borderColor: line, timeVisible: true, rightOffset: 4, minBarSpacing: 0.5 },
      localization: { locale: locale() },
    };
  }

  #paint() {
    const { up, down, focus } = this.#colours;
    this.candles.applyOptions({
      priceLineColor: focus,
      upColor: up, downColor: down, borderUpColor: up, borderDownColor: down, wickUpColor: up, wickDownColor: down,
    });
  }
}

/** Colours of the page's style, so that the chart follows dark and light. */
function colours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** `+05:30` in seconds. */
function seconds(offset) {
  const [, sign, hours, minutes] = offset.match(/^([+-])(\d\d):(\d\d)$/);
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60;
}
