// Five lanes on one time axis, drawn by uPlot: pulse of a and of b with a dot for each beat, heart
// rate, skin level, responses (a upwards, b downwards). The view follows, pauses, scrolls and zooms;
// what is recorded meanwhile is kept all the same.

import { el, minutes, signed } from "./words.js";

export const WINDOWS = [20, 60, 120, 600]; // seconds
const BEHIND = 0.35; // the newest samples are still on their way: the view ends so far behind now
const FAST_MS = 33, SLOW_MS = 250;
const SILENT = 2; // seconds without a sample: a gap is drawn as one
const GAP = { pulse: 0.5, other: 1.1 };
const LANES = [
  { label: "Pulse", names: ["a/pulse"], fast: true },
  { label: "Pulse", names: ["b/pulse"], fast: true },
  { label: "Heart\nbpm", names: ["a/heart_rate", "b/heart_rate"] },
  { label: "Skin\nµS", names: ["a/scl", "b/scl"] },
  { label: "Responses", names: ["a/scr", "b/scr"], responses: true },
];
const DASH = { a: undefined, b: [7, 4] };

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Points of a lane between two times, thinned to the smallest and largest of each pixel.
export function points(lane, from, to, pixels, sign, gap) {
  const first = Math.max(0, lane.find(from) - 1), stop = Math.min(lane.length, lane.find(to) + 1);
  const times = [], values = [];
  const width = stop - first > 2 * pixels ? (to - from) / pixels : 0;
  let before = NaN, bin = NaN, low = 0, high = 0;
  const put = (at) => { times.push(lane.times[at]); values.push(sign * lane.values[at]); };
  const flush = () => {
    put(Math.min(low, high));
    if (low !== high) put(Math.max(low, high));
  };
  for (let i = first; i < stop; i++) {
    const time = lane.times[i], value = lane.values[i];
    const isGap = time - before > gap;
    if (isGap || value !== value) {
      if (width && bin === bin) flush();
      bin = NaN;
      times.push(isGap ? before + gap / 2 : time);
      values.push(null);
      if (value !== value) { before = time; continue; }
    }
    before = time;
    if (!width) { put(i); continue; }
    const own = Math.floor(time / width);
    if (own === bin) {
      if (value < lane.values[low]) low = i;
      if (value > lane.values[high]) high = i;
    } else {
      if (bin === bin) flush();
      bin = own; low = high = i;
    }
  }
  if (width && bin === bin) flush();
  return [times, values];
}

// Two series of points on one axis, as uPlot wants them: undefined where only the other has a point.
function joined(one, other) {
  const times = [], a = [], b = [];
  let i = 0, j = 0;
  while (i < one[0].length || j < other[0].length) {
    const x = i < one[0].length ? one[0][i] : Infinity, y = j < other[0].length ? other[0][j] : Infinity;
    times.push(Math.min(x, y));
    a.push(x <= y ? one[1][i++] : undefined);
    b.push(y <= x ? other[1][j++] : undefined);
  }
  return [times, a, b];
}

function spread(u, low, high) {
  if (low === null || high === null || !isFinite(low) || !isFinite(high)) return [0, 1];
  const room = Math.max((high - low) * 0.08, Math.abs(high) * 1e-3, 1e-3);
  return [low - room, high + room];
}

export class Charts {
  constructor(place, store, ask) {
    this.place = place;
    this.store = store;
    this.ask = ask;
    this.window = 60;
    this.responseRange = [-1, 1];
    this.end = null; // session time at which a paused view ends; null follows
    this.past = null;
    this.drawn = { fast: 0, slow: 0 };
    this.costs = [];
    this.note = el("span", { class: "view" });
    this.pause = el("span", { class: "paused", hidden: true }, "Paused: End goes on");
    this.build();
    new ResizeObserver(() => this.resize()).observe(place);
  }

  build() {
    this.plots = LANES.map((lane, place) => {
      const box = el("div", { class: place === LANES.length - 1 ? "lane last" : "lane" }, el("span", {}, lane.label));
      this.place.append(box);
      return { lane, box, plot: new uPlot(this.options(lane, place), [[0], ...lane.names.map(() => [null])], box) };
    });
    this.place.append(this.note, this.pause);
  }

  options(lane, place) {
    const isLast = place === LANES.length - 1;
    const grid = { stroke: () => css("--grid"), width: 1 };
    const ink = () => css("--soft");
    return {
      width: 300, height: 60, legend: { show: false }, pxAlign: 0,
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false }, sync: { key: "dyad" } },
      padding: [2, 40, 2, 0],
      scales: { x: { time: false, range: () => this.range }, y: { range: lane.responses ? () => this.responseRange : spread } },
      axes: [
        { show: true, size: isLast ? 22 : 0, stroke: ink, grid, ticks: { show: false }, font: "13px sans-serif", gap: 2, space: 90,
          values: (u, splits) => (isLast ? splits.map((s) => signed(Math.round(s - this.zero))) : splits.map(() => "")) },
        { size: 78, stroke: ink, grid: lane.fast ? { show: false } : grid, ticks: { show: false }, font: "13px sans-serif", space: 22,
          values: (u, splits) => (lane.fast || lane.responses ? splits.map(() => "") : splits.map((s) => +s.toFixed(2))) },
      ],
      series: [{}, ...lane.names.map((name) => ({
        stroke: () => css(`--${name[0]}`), width: lane.fast ? 1.5 : 2, dash: lane.fast ? undefined : DASH[name[0]],
        points: { show: false }, spanGaps: false,
      }))],
      hooks: { draw: [(u) => this.extras(u, lane)] },
    };
  }

  resize() {
    for (const { box, plot } of this.plots) {
      if (box.clientWidth && box.clientHeight) plot.setSize({ width: box.clientWidth, height: box.clientHeight });
    }
    this.drawn = { fast: 0, slow: 0 };
  }

  get zero() { return this.store.state?.begun_s ?? 0; }

  get range() {
    const end = this.end ?? this.store.time() - BEHIND;
    return [end - this.window, end];
  }

  // Draw what is due: pulse 30 times a second, slow lanes 4 times; a wide view moves slowly anyway.
  draw(now) {
    const isFast = this.window <= 60 && this.end === null;
    const fast = now - this.drawn.fast >= (isFast ? FAST_MS : SLOW_MS), slow = now - this.drawn.slow >= SLOW_MS;
    if (!fast && !slow) return;
    const began = performance.now();
    const [from, to] = this.range;
    for (const { lane, plot } of this.plots) {
      if (lane.fast ? !fast : !slow) continue;
      plot.setData(this.data(lane, plot, from, to));
    }
    if (fast) this.drawn.fast = now;
    if (slow) {
      this.drawn.slow = now;
      this.note.textContent = `${this.window < 120 ? `${this.window} s` : `${this.window / 60} min`}  + −`;
      this.pause.hidden = this.end === null;
    }
    queueMicrotask(() => { // uPlot draws in one of its own, which stands before this one
      this.costs.push(performance.now() - began);
      if (this.costs.length > 2000) this.costs.shift();
    });
  }

  data(lane, plot, from, to) {
    const pixels = Math.max(50, Math.floor(plot.bbox.width / devicePixelRatio));
    const found = lane.names.map((name) => {
      const sign = lane.fast ? this.store.state?.people?.[name[0]]?.sign || 1 : 1;
      return points(this.source(name), from, to, pixels, sign, lane.fast ? GAP.pulse : GAP.other);
    });
    if (lane.responses) return [[from, to], [null, null], [null, null]];
    return found.length === 1 ? found[0] : joined(found[0], found[1]);
  }

  source(name) { return this.past?.[name] ?? this.store.lane(name); }

  // What lines do not show: beats, responses, marks, whose trace it is, and where nothing came.
  extras(u, lane) {
    const c = u.ctx, ratio = devicePixelRatio, { left, top, width, height } = u.bbox;
    const [from, to] = this.range;
    const X = (time) => left + ((time - from) / (to - from)) * width;
    c.save();
    c.beginPath();
    c.rect(left, top, width, height);
    c.clip();
    this.marksOn(c, X, from, to, top, height);
    if (lane.fast) this.beatsOn(c, X, lane.names[0][0], from, to, top, ratio);
    if (lane.responses) this.responsesOn(c, X, from, to, { top, height, ratio });
    if (lane.fast) this.silenceOn(c, X, lane.names[0], to, { top, height, ratio });
    c.restore();
    this.endsOn(c, u, lane, ratio);
  }

  marksOn(c, X, from, to, top, height) {
    c.strokeStyle = css("--soft");
    c.globalAlpha = 0.6;
    for (const mark of this.store.marks) {
      if (mark.undone || mark.at_s < from || mark.at_s > to) continue;
      c.setLineDash(mark.kind === "event" ? [2, 4] : []);
      c.beginPath();
      c.moveTo(X(mark.at_s), top);
      c.lineTo(X(mark.at_s), top + height);
      c.stroke();
    }
    c.setLineDash([]);
    c.globalAlpha = 1;
  }

  beatsOn(c, X, person, from, to, top, ratio) {
    const beats = this.source(`${person}/beats`);
    if (this.window > 120) return;
    c.fillStyle = css("--ink");
    for (let i = beats.find(from); i < beats.length && beats.times[i] <= to; i++) {
      c.globalAlpha = beats.values[i] >= 0.5 ? 1 : 0.35; // below it is a guess from its neighbours
      c.beginPath();
      c.arc(X(beats.times[i]), top + 4 * ratio, 2 * ratio, 0, 7);
      c.fill();
    }
    c.globalAlpha = 1;
  }

  responsesOn(c, X, from, to, { top, height, ratio }) {
    const middle = top + height / 2, whole = height / 2 - 8 * ratio;
    c.strokeStyle = css("--grid");
    c.beginPath();
    c.moveTo(X(from), middle);
    c.lineTo(X(to), middle);
    c.stroke();
    for (const [person, up] of [["a", -1], ["b", 1]]) {
      const found = this.source(`${person}/scr`);
      c.strokeStyle = c.fillStyle = css(`--${person}`);
      c.lineWidth = 2 * ratio;
      for (let i = found.find(from); i < found.length && found.times[i] <= to; i++) {
        const x = X(found.times[i]), y = middle + up * whole * Math.min(1, 0.35 + found.values[i]);
        c.beginPath();
        c.moveTo(x, middle);
        c.lineTo(x, y);
        c.stroke();
        c.beginPath();
        if (person === "a") c.arc(x, y, 4 * ratio, 0, 7);
        else c.rect(x - 3.5 * ratio, y - 3.5 * ratio, 7 * ratio, 7 * ratio);
        c.fill();
      }
    }
    c.lineWidth = 1;
  }

  // Hatching from the last sample to now: never a line across what is not known.
  silenceOn(c, X, name, to, { top, height, ratio }) {
    const lane = this.source(name), last = lane.length ? lane.times[lane.length - 1] : -Infinity;
    if (this.past || !lane.length || to - last < SILENT) return;
    const left = Math.max(X(last), X(to - this.window)), width = X(to) - left;
    c.save();
    c.beginPath();
    c.rect(left, top, width, height);
    c.clip();
    c.strokeStyle = css("--soft");
    c.globalAlpha = 0.5;
    for (let x = left - height; x < left + width; x += 8 * ratio) {
      c.beginPath();
      c.moveTo(x, top + height);
      c.lineTo(x + height, top);
      c.stroke();
    }
    c.restore();
    if (width < 170 * ratio) return;
    const text = `${name[0]} is silent, ${minutes(to - last)} missing here`;
    c.font = `bold ${13 * ratio}px sans-serif`;
    const size = c.measureText(text).width;
    c.fillStyle = css("--panel");
    c.fillRect(left + width / 2 - size / 2 - 6, top + height / 2 - 10 * ratio, size + 12, 20 * ratio);
    c.fillStyle = css("--ink");
    c.textAlign = "center";
    c.fillText(text, left + width / 2, top + height / 2 + 4.5 * ratio);
    c.textAlign = "left";
  }

  // a and b at the right end of each trace.
  endsOn(c, u, lane, ratio) {
    const x = u.bbox.left + u.bbox.width + 18 * ratio;
    const places = lane.names.map((name, index) => {
      if (lane.responses) return u.bbox.top + u.bbox.height * (index ? 0.72 : 0.28);
      const values = u.data[index + 1];
      let last = values.length - 1;
      while (last >= 0 && (values[last] === null || values[last] === undefined)) last--;
      return last < 0 || lane.fast ? u.bbox.top + u.bbox.height * (index ? 0.75 : lane.fast ? 0.5 : 0.25) : u.valToPos(values[last], "y", true);
    });
    if (places.length === 2 && Math.abs(places[0] - places[1]) < 19 * ratio) {
      const middle = (places[0] + places[1]) / 2, up = places[0] <= places[1] ? -1 : 1;
      places[0] = middle + up * 9.5 * ratio;
      places[1] = middle - up * 9.5 * ratio;
    }
    const least = u.bbox.top + 10 * ratio, most = u.bbox.top + u.bbox.height - 10 * ratio;
    places.forEach((y, index) => { places[index] = Math.min(Math.max(y, least), most); });
    lane.names.forEach((name, index) => this.chipOn(c, name[0], x, places[index], ratio));
  }

  chipOn(c, person, x, y, ratio) {
    c.fillStyle = css(`--${person}`);
    c.beginPath();
    if (person === "a") c.arc(x, y, 9 * ratio, 0, 7);
    else c.rect(x - 8.5 * ratio, y - 8.5 * ratio, 17 * ratio, 17 * ratio);
    c.fill();
    c.fillStyle = "#fff";
    c.font = `bold ${13 * ratio}px sans-serif`;
    c.textAlign = "center";
    c.fillText(person, x, y + 4.5 * ratio);
    c.textAlign = "left";
  }

  togglePause() {
    this.end = this.end === null ? this.store.time() - BEHIND : null;
    this.look();
  }

  // Back and forth by a quarter of the window; the end of the session follows again.
  scroll(direction) {
    const now = this.store.time() - BEHIND;
    const end = (this.end ?? now) + (direction * this.window) / 4;
    this.end = end >= now ? null : Math.max(end, this.window / 4);
    this.look();
  }

  follow() {
    this.end = null;
    this.look();
  }

  zoom(direction) {
    const place = WINDOWS.indexOf(this.window) - direction;
    this.window = WINDOWS[Math.min(Math.max(place, 0), WINDOWS.length - 1)];
    this.look();
  }

  // What is older than this page keeps comes from the server.
  async look() {
    this.drawn = { fast: 0, slow: 0 };
    const [from, to] = this.range;
    this.past = null;
    if (this.end === null || from >= this.store.lane("a/pulse").first) return;
    const end = this.end, answer = await this.ask("history", { from_s: Math.max(0, from), to_s: to, points: 3000 });
    if (!answer.ok || this.end !== end) return;
    const past = {};
    for (const [name, [times, values]] of Object.entries(answer.lanes)) {
      past[name] = { times, values: values.map((v) => (v === null ? NaN : v)), length: times.length, find: (time) => {
        let i = times.findIndex((one) => one >= time);
        return i < 0 ? times.length : i;
      } };
    }
    this.past = past;
    this.drawn = { fast: 0, slow: 0 };
  }
}

// A small plot of a person's last ten seconds of pulse, for the pre-flight.
export class Mini {
  constructor(place, store, person) {
    this.store = store;
    this.name = `${person}/pulse`;
    const none = { show: false };
    this.place = place;
    this.plot = new uPlot({
      width: 300, height: 100, legend: none, cursor: none, pxAlign: 0, axes: [none, none],
      scales: { x: { time: false, range: () => this.range }, y: { range: spread } },
      series: [{}, { stroke: () => css(`--${person}`), width: 2, points: none }],
    }, [[0], [null]], place);
  }

  get range() {
    const end = this.store.time() - BEHIND;
    return [end - 10, end];
  }

  draw() {
    if (this.place.clientWidth && this.plot.width !== this.place.clientWidth) {
      this.plot.setSize({ width: this.place.clientWidth, height: 100 });
    }
    const sign = this.store.state?.people?.[this.name[0]]?.sign || 1;
    this.plot.setData(points(this.store.lane(this.name), ...this.range, 600, sign, GAP.pulse));
  }
}
