// Decimals stay the strings that the server sent: they are grouped and padded, never computed with. Numbers are made for signs, short
// forms and drawing only.
import { locale } from './texts.js';

let short;
let counts;
let clock;
let moment;

/** Makes the formats of the language that is chosen now. */
export function useLocale() {
  short = new Intl.NumberFormat(locale(), { notation: 'compact', maximumSignificantDigits: 4 });
  counts = new Intl.NumberFormat(locale());
  clock = new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
  moment = new Intl.DateTimeFormat(locale(), {
    month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false,
  });
}

/** Decimals after the point of a decimal string. */
export function decimalsOf(text) {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** A decimal string with its integer digits grouped and at least so many decimals; the value is not touched. */
export function decimal(text, decimals) {
  if (text === undefined || text === null) {
    return '–';
  }
  const [integer, fraction = ''] = text.split('.');
  const grouped = integer.replace(/\B(?=(\d{3})+$)/g, ',');
  const padded = fraction.padEnd(decimals, '0');
  return padded === '' ? grouped : `${grouped}.${padded}`;
}

/** `+1.20 %`, rounded for the eye, with the class of its sign. */
export function percent(text) {
  const value = Number(text);
  const sign = value > 0 ? '+' : '';
  return { text: `${sign}${decimal(value.toFixed(2), 2)} %`, className: value > 0 ? 'up' : value < 0 ? 'down' : '' };
}

export const shortNumber = (value) => short.format(Number(value));
export const count = (value) => counts.format(value);
export const timeOfDay = (millis) => clock.format(millis);
export const dateAndTime = (millis) => moment.format(millis);

/** `3.2 ms`, `450 ms`, `2.1 s`, `5 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(millis) {
  if (millis === null || millis === undefined) {
    return '–';
  }
  const size = Math.abs(millis);
  if (size < 10) {
    return `${millis.toFixed(1)} ms`;
  }
  if (size < 60_000) {
    return size < 1_000 ? `${Math.round(millis)} ms` : `${(millis / 1_000).toFixed(1)} s`;
  }
  const seconds = Math.floor(size / 1_000);
  const [whole, part] = seconds < 3_600 ? [`${Math.floor(seconds / 60)} min`, `${seconds % 60} s`]
    : seconds < 86_400 ? [`${Math.floor(seconds / 3_600)} h`, `${Math.floor(seconds % 3_600 / 60)} min`]
      : [`${Math.floor(seconds / 86_400)} d`, `${Math.floor(seconds % 86_400 / 3_600)} h`];
  return `${millis < 0 ? '-' : ''}${whole} ${part}`;
}

/** `12.3 KiB`. */
export function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let at = 0;
  let left = value;
  while (left >= 1_024 && at < units.length - 1) {
    left /= 1_024;
    at++;
  }
  return `${at === 0 ? left : left.toFixed(1)} ${units[at]}`;
}
