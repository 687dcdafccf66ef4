// Small things of every part of the page: elements, icons, times. Text is only ever text: nothing
// that comes from a session is read as markup.

export const find = (selector) => document.querySelector(selector);

// el("li", {class: "new"}, "text", child): attributes that begin with "on" are listeners.
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
export function icon(light, size) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("width", size);
  svg.setAttribute("height", size);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${light}`);
  svg.append(use);
  return svg;
}

export const chip = (person) => el("span", { class: `chip ${person}` }, person);

export function key(name) {
  return el("kbd", {}, name);
}

// Replace what an element holds only where that changes: what has the focus keeps it.
const shown = new WeakMap();
export function fill(place, signature, make) {
  const text = JSON.stringify(signature);
  if (shown.get(place) === text) return false;
  shown.set(place, text);
  const focus = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  place.replaceChildren(...[make()].flat().filter(Boolean));
  if (focus) place.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
  return true;
}

export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// Minutes and seconds of a time that may lie before the beginning.
export const signed = (seconds) => (seconds < 0 ? `−${minutes(-seconds)}` : minutes(seconds));

export function hours(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value) => String(value).padStart(2, "0");
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

export const percent = (share) => `${Math.round(share * 100)} %`;
export const fixed = (value, digits) => (value === null || value === undefined ? "–" : value.toFixed(digits));
