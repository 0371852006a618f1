// A small line plot over time, drawn on a canvas: one or more lines of one unit.
import { el } from '../dom.js';

export class Plot {
  #lines;
  #format;

  /** @param {Array<{name: string, colour: string}>} lines `colour` is the name of a variable of the style */
  constructor(root, title, lines, format) {
    this.#lines = lines;
    this.#format = format;
    this.canvas = el('canvas', { role: 'img' });
    this.value = el('output');
    root.append(el('figure', { class: 'plot' }, el('figcaption', {}, `${title} `, this.value), this.canvas));
    this.title = title;
  }

  /** @param {Array<Array<number|null>>} series one list of figures for each line, the newest last, of equal length; null where there is none */
  draw(series) {
    const newest = series.map((values) => this.#told(values[values.length - 1] ?? null)).join(' · ');
    this.value.textContent = newest;
    this.canvas.setAttribute('aria-label', `${this.title}: ${newest}`);
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0) {
      return;
    }
    const scale = devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    const context = this.canvas.getContext('2d');
    context.scale(scale, scale);
    const style = getComputedStyle(document.documentElement);
    const highest = Math.max(1e-9, ...series.flat().filter((value) => value !== null));
    context.strokeStyle = style.getPropertyValue('--line');
    context.fillStyle = style.getPropertyValue('--soft');
    context.font = '11px system-ui';
    context.strokeRect(0.5, 0.5, width - 1, height - 1);
    context.fillText(this.#format(highest), 4, 12);
    series.forEach((values, index) => {
      context.beginPath();
      context.strokeStyle = style.getPropertyValue(`--${this.#lines[index].colour}`);
      context.lineWidth = 1.5;
      const step = width / Math.max(1, values.length - 1);
      let drawing = false;
      values.forEach((value, at) => {
        if (value !== null) {
          context[drawing ? 'lineTo' : 'moveTo'](at * step, height - 2 - value / highest * (height - 18));
        }
        drawing = value !== null;
      });
      context.stroke();
    });
  }
  #told(value) {
    return value === null ? '–' : this.#format(value);
  }
}
