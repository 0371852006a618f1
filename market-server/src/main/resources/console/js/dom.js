// Small helpers for the DOM. Text is set only where it differs: writing the same text again would cost a layout.

/**
 * Makes an element.
 *
 * @param {string} tag
 * @param {object} [props] attributes; `class`, `text` and `on<event>` as one expects, null or false leaves one out
 * @param {...(Node|string)} children
 */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name === 'text') {
      element.textContent = value;
    } else if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children);
  return element;
}

export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export function setClass(element, name, on) {
  if (element.classList.contains(name) !== on) {
    element.classList.toggle(name, on);
  }
}

export const byId = (id) => document.getElementById(id);

/** Calls once per animation frame, however often it is asked: a hidden page draws nothing, a busy market costs one drawing. */
export function oncePerFrame(draw) {
  let asked = false;
  return () => {
    if (!asked) {
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        draw();
      });
    }
  };
}
