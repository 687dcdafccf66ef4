// The two cards with a traffic light each, and the card of their coupling.

import { chip, el, fill, find, fixed, icon, key, minutes, percent } from "./words.js";

const SIGNALS = ["eda", "heart_rate"];

export function drawPeople(store) {
  for (const person of ["a", "b"]) drawPerson(store, person);
}

function drawPerson(store, person) {
  const place = find(`#person-${person}`), now = store.state.people[person];
  const { codes, roles } = store.labels;
  const isLost = now.concerns[0]?.key === `${person} link`;
  const shown = {
    light: now.light, word: now.word, role: roles[person], code: codes[person],
    bpm: isLost ? "–" : fixed(now.bpm, 0), skin: isLost ? "–" : fixed(now.usiemens, 1),
    responses: isLost ? "–" : fixed(now.responses_a_minute, 0),
    worst: now.concerns[0]?.says.replace(/^[ab]: /, "") ?? "", lines: lines(now, isLost),
  };
  place.className = `panel person ${["act", "look", "fill"].includes(now.light) ? now.light : ""}`;
  fill(place, shown, () => [
    el("div", { class: "top" }, chip(person),
      el("div", { class: "name" }, shown.role || shown.code || `Person ${person}`, el("br"), el("span", { class: "soft" }, shown.role ? shown.code : "")),
      el("div", { class: "light" }, icon(now.light, 38), now.word)),
    el("div", { class: "big" }, el("b", {}, shown.bpm), el("span", {}, "bpm"), el("b", { class: "mid" }, shown.skin), el("span", {}, "µS"),
      el("b", { class: "mid" }, shown.responses), el("span", {}, "/min")),
    el("ul", { class: "lines" },
      shown.worst ? el("li", { class: "bad" }, icon(now.concerns[0].light, 18), shown.worst) : null,
      ...shown.lines.map(([name, value]) => el("li", {}, el("span", {}, `${name} `), value))),
  ]);
}

// Claim only what is known: of one who is silent, what was last heard.
function lines(now, isLost) {
  const battery = now.battery_percent === null ? "not measured" : `${now.battery_percent} %${now.battery_hours ? `, ${now.battery_hours.toFixed(1)} h` : ""}`;
  if (isLost) {
    return [["Its memory", now.flash_hours === null ? "unknown" : `had ${now.flash_hours} h`], ["Battery", `was ${battery}`], ["Contact", "unknown"], ["Signal", "unknown"]];
  }
  const off = now.pulse_off_s || now.skin_off_s;
  return [
    ["Contact", off ? "off" : "on skin"], ["Signal", now.clear === null ? "–" : now.clear >= 0.9 ? "clear" : `${percent(now.clear)} clear`],
    ["Link", now.silent_s > 1 ? `silent ${now.silent_s.toFixed(0)} s` : "up"], ["Late", percent(now.lost)],
    ["Battery", battery], ["Sync", now.bound_s === null ? "not yet" : `± ${Math.max(now.bound_s * 1000, 0.1).toFixed(now.bound_s < 0.001 ? 1 : 0)} ms`],
  ];
}

// Coupling is neutral ink: high is not good. It never says more than what is seen now.
const WORDS = { "not yet": "Not enough data yet", unknown: "Not known now", within: "Within chance", above: "Above chance", opposite: "Opposite, beyond chance" };
const HOLD_MS = 10000; // a word stays so long before it changes

export class CouplingCard {
  constructor(store) {
    this.store = store;
    this.signal = "eda";
    this.isHidden = false;
    this.word = {};
    this.place = find("#coupling");
    this.box = el("div", { class: "plot" });
    this.plot = null;
  }

  toggle() { this.isHidden = !this.isHidden; this.draw(); }

  next() {
    this.signal = SIGNALS[(SIGNALS.indexOf(this.signal) + 1) % SIGNALS.length];
    this.word = {};
    this.draw();
  }

  draw() {
    const { store } = this, now = store.state.coupling?.[this.signal];
    if (!now) return;
    const lost = ["a", "b"].find((person) => store.state.people?.[person].concerns[0]?.key === `${person} link`);
    const state = this.isHidden || store.labels.blind ? "hidden" : lost ? `lost ${lost}` : this.steady(now.state);
    const shown = { state, signal: this.signal, ...(state === "hidden" ? {} : this.numbers(state, now, store.state.needed_s)) };
    fill(this.place, shown, () => this.made(shown, now));
    if (this.plot === null && this.box.clientWidth) this.makePlot();
    this.drawPlot();
  }

  steady(state) {
    const at = performance.now();
    if (this.word.state === undefined || this.word.state === "not yet" || at - this.word.since > HOLD_MS) {
      if (this.word.state !== state) this.word = { state, since: at };
    }
    return this.word.state;
  }

  numbers(state, now, needed) {
    if (state === "not yet") return { have: minutes(Math.min(now.have_s, needed)), needed: minutes(needed), share: Math.min(1, now.have_s / needed) };
    return { strength: fixed(now.strength, 2), band: fixed(now.band, 2), lag: now.lag_s };
  }

  made(shown, now) {
    const top = el("h2", {}, `Coupling now, ${now.words}`, el("button", { "data-key": "signal", onclick: () => this.next() }, "other"));
    if (shown.state === "hidden") return [top, el("div", { class: "word" }, "Hidden"), el("p", { class: "soft" }, this.store.labels.blind ? "Whoever watches does not see it: it was planned so." : "H shows it.")];
    if (shown.state.startsWith("lost")) return [top, el("div", { class: "word" }, `Waits for ${shown.state.slice(-1)}`), el("p", {}, "Goes on when the link is back."), this.box];
    if (shown.state === "not yet") {
      const bar = el("i");
      bar.style.width = `${shown.share * 100}%`;
      return [top, el("div", { class: "word" }, WORDS["not yet"]), el("p", {}, `${shown.have} of ${shown.needed} of good signal of both`), el("div", { class: "bar" }, bar)];
    }
    const lag = shown.lag === null ? "" : Math.abs(shown.lag) < 0.5 ? "a and b together" : `${shown.lag > 0 ? "b" : "a"} about ${Math.abs(shown.lag).toFixed(1)} s after ${shown.lag > 0 ? "a" : "b"}`;
    return [top, el("div", { class: "word" }, WORDS[shown.state]), el("p", {}, `${shown.strength}, chance up to ± ${shown.band}`, el("br"), lag), this.box,
      el("p", { class: "soft" }, "A look, not a result: the report tests once, over the whole session.")];
  }

  makePlot() {
    const soft = () => getComputedStyle(document.documentElement).getPropertyValue("--soft").trim();
    const ink = () => getComputedStyle(document.documentElement).getPropertyValue("--ink").trim();
    this.plot = new uPlot({
      width: this.box.clientWidth, height: Math.max(50, this.box.clientHeight), legend: { show: false }, cursor: { show: false },
      axes: [{ show: false }, { show: false }], bands: [{ series: [2, 3], fill: () => "rgba(143,160,175,.25)" }],
      scales: { x: { time: false, range: () => [this.store.now - 300, this.store.now] }, y: { range: () => [-1, 1] } },
      series: [{}, { stroke: ink, width: 2, points: { show: false } }, { stroke: soft, dash: [4, 3], points: { show: false } }, { stroke: soft, dash: [4, 3], points: { show: false } }],
    }, [[0], [null], [null], [null]], this.box);
  }

  drawPlot() {
    if (this.plot === null || !this.box.isConnected) return;
    const strength = this.store.lane(`coupling/${this.signal}`), band = this.store.lane(`coupling/${this.signal}/band`);
    const first = strength.find(this.store.now - 300), cut = (lane, sign) => Array.from(lane.values.subarray(first, lane.length), (v) => (v === v ? sign * v : null));
    const times = Array.from(strength.times.subarray(first, strength.length));
    if (this.plot.width !== this.box.clientWidth && this.box.clientWidth) this.plot.setSize({ width: this.box.clientWidth, height: Math.max(50, this.box.clientHeight) });
    this.plot.setData(times.length ? [times, cut(strength, 1), cut(band, 1), cut(band, -1)] : [[0], [null], [null], [null]]);
  }
}
