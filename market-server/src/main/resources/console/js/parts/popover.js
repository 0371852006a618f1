// A panel that a button shows and hides: by click, and Escape hides it and gives the focus back.
import { el } from '../dom.js';

export class Popover {
  #onShow;

  /**
   * @param {HTMLElement} button shows and hides it
   * @param {HTMLElement} panel has an id
   * @param {() => void} onShow called when it is shown, and its content is to be drawn
   */
  constructor(root, button, panel, onShow) {
    this.button = button;
    this.panel = panel;
    this.#onShow = onShow;
    panel.classList.add('popover');
    button.setAttribute('aria-controls', panel.id);
    button.addEventListener('click', () => this.show(!this.shown));
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.shown) {
        this.show(false);
        button.focus();
      }
    });
    root.append(el('div', { class: 'anchor' }, button, panel));
    this.show(false);
  }

  get shown() {
    return !this.panel.hidden;
  }

  show(shown) {
    this.panel.hidden = !shown;
    this.button.setAttribute('aria-expanded', String(shown));
    if (shown) {
      this.#onShow();
    }
  }
}
