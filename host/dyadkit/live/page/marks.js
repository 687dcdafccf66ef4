// Marks: nine keys, a note, undo, the condition that goes on, and the log of what is on disk.

import { el, fill, find, key, minutes, signed } from "./words.js";

const SAVED_MS = 1000; // a mark that is not on disk after so long is an alarm
const HIT_MS = 350, NEW_S = 8, SHOWN = 4;
const MIN_SCALE_S = 600; // the bar shows ten minutes at least

export class Marks {
  constructor(store, link, alarm) {
    this.store = store;
    this.link = link;
    this.alarm = alarm;
    this.hit = null;
    this.typedAt = null;
    const note = find("#note");
    note.addEventListener("input", () => { this.typedAt = note.value ? this.typedAt ?? performance.now() : null; });
    note.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") note.blur();
      if (event.key === "Enter") this.note();
    });
    find("#undo").addEventListener("click", () => this.undo());
  }

  get isOn() { return ["record", "check"].includes(this.store.state?.phase); }

  // The time of a mark is when its key went down; it is shown once the recorder has it on disk.
  async send(word, fields, downAt) {
    const late = { key: "not saved", light: "act", says: "A mark is not on disk yet", how: "It is tried on; write it down." };
    const timer = setTimeout(() => this.alarm.local.push(late), SAVED_MS);
    const ago_s = Math.min(600, Math.max(0, (performance.now() - downAt) / 1000));
    const answer = await this.link.ask(word, word === "undo" ? fields : { ...fields, ago_s });
    clearTimeout(timer);
    this.alarm.local = answer.ok ? [] : [{ key: "mark refused", light: "act", says: "A mark was not taken", how: answer.why }];
    if (!answer.ok) setTimeout(() => { this.alarm.local = []; }, 8000);
    return answer;
  }

  press(number, downAt = performance.now()) {
    const pad = this.store.labels.pads[number - 1];
    if (!this.isOn || this.store.state.phase !== "record") return;
    this.hit = number;
    setTimeout(() => { this.hit = null; this.draw(); }, HIT_MS);
    this.draw();
    if (pad?.kind === "condition" && this.store.conditions.includes(pad.label)) this.send("end", {}, downAt);
    else this.send("mark", { label: pad?.label || `key ${number}`, label_kind: pad?.kind ?? "event" }, downAt);
  }

  note() {
    const note = find("#note"), label = note.value.trim();
    if (!label) return;
    this.send("mark", { label, label_kind: "note" }, this.typedAt ?? performance.now());
    this.typedAt = null;
    note.value = "";
    note.blur();
  }

  undo() { if (this.isOn) this.send("undo", {}, performance.now()); }

  draw() {
    this.drawPads();
    this.drawLog();
    this.drawCondition();
  }

  drawPads() {
    const { labels, marks, conditions } = this.store;
    const counts = labels.pads.map((pad) => marks.filter((one) => !one.undone && one.label === pad.label && one.kind === pad.kind).length);
    fill(find("#pads"), { pads: labels.pads, counts, conditions, hit: this.hit }, () => Array.from({ length: 9 }, (_, place) => {
      const pad = labels.pads[place], isOn = pad?.kind === "condition" && conditions.includes(pad.label);
      const note = !pad ? "" : pad.kind === "condition" ? (isOn ? "running" : counts[place] ? "✓ done" : "starts") : counts[place] ? `× ${counts[place]}` : "";
      return el("button", {
        class: `pad${isOn ? " on" : ""}${this.hit === place + 1 ? " hit" : ""}`, "data-key": `pad-${place + 1}`, "aria-pressed": pad?.kind === "condition" ? String(isOn) : null,
        onclick: (event) => this.press(place + 1, event.timeStamp),
      }, el("b", {}, String(place + 1), el("em", {}, note)), pad?.label || "mark");
    }));
    const last = marks.filter((one) => !one.undone).at(-1);
    fill(find("#undo"), last?.label ?? "", () => (last ? [`Undo “${last.label.slice(0, 18)}” `, key("U")] : ["Nothing to undo"]));
    find("#undo").disabled = !last;
  }

  drawLog() {
    const zero = this.store.state?.begun_s ?? 0, now = this.store.time();
    const lines = this.store.marks.slice(-SHOWN).map((one) => ({
      at: signed(one.at_s - zero), label: `${one.label}${one.kind === "condition" ? " started" : one.kind === "end" ? " ended" : ""}`,
      undone: one.undone, isNew: !one.undone && now - one.at_s < NEW_S,
    }));
    fill(find("#log"), lines, () => (lines.length ? lines : [{ at: "", label: "None yet" }]).map((one) => el(
      "li", { class: one.undone ? "undone" : one.isNew ? "new" : "" }, el("span", {}, one.at),
      one.undone ? el("s", {}, one.label) : one.label, one.undone ? " undone" : one.isNew ? " ✓" : "")));
    find("#mark-count").textContent = this.store.marks.filter((one) => !one.undone).length || "";
  }

  // Spans of conditions so far, each until its end or the next one.
  get spans() {
    const found = [];
    for (const one of this.store.marks.filter((mark) => !mark.undone && ["condition", "end"].includes(mark.kind))) {
      const open = found.at(-1);
      if (open && open.to === null) open.to = one.at_s;
      if (one.kind === "condition") found.push({ label: one.label, from: one.at_s, to: null });
    }
    return found;
  }

  drawCondition() {
    const now = this.store.time(), zero = this.store.state?.begun_s ?? 0, spans = this.spans;
    const open = spans.at(-1)?.to === null ? spans.at(-1) : null;
    const pad = open && this.store.labels.pads.find((one) => one.kind === "condition" && one.label === open.label);
    const planned = this.store.labels.pads.filter((one) => one.kind === "condition" && one.planned_s && !spans.some((span) => span.label === one.label));
    fill(find("#condition-now"), [open?.label, Math.floor(now - (open?.from ?? 0)), planned[0]?.label], () => {
      if (!open) return ["Between conditions", el("small", {}, planned[0] ? `next: ${planned[0].label}, key ${this.store.labels.pads.indexOf(planned[0]) + 1}` : "keys 1 to 9 mark what happens")];
      const left = pad?.planned_s ? pad.planned_s - (now - open.from) : null;
      const words = left === null ? "its key ends it" : `of ${minutes(pad.planned_s)}, ${left < 0 ? `${minutes(-left)} over` : `${minutes(left)} left`}`;
      return [`${open.label} ${minutes(now - open.from)}`, el("small", {}, words)];
    });
    this.drawTrack(spans, planned, pad, now, zero);
  }

  drawTrack(spans, planned, pad, now, zero) {
    const ahead = planned.reduce((sum, one) => sum + one.planned_s, 0) + (pad?.planned_s ?? 0);
    const scale = Math.max(MIN_SCALE_S, now - zero + ahead), place = (at) => `${(100 * (at - zero)) / scale}%`;
    const marks = this.store.marks.filter((one) => !one.undone && one.kind === "event");
    fill(find("#track"), [spans.length, Math.floor(now), marks.length, planned.length], () => {
      const made = [];
      const put = (kind, from, length, text = "") => {
        const box = el("div", { class: kind }, text);
        box.style.left = place(from);
        if (length !== null) box.style.width = `${(100 * Math.max(length, 0)) / scale}%`;
        made.push(box);
      };
      for (const one of spans) {
        const isOpen = one.to === null;
        if (isOpen && pad?.planned_s) put("span planned", one.from, pad.planned_s);
        put(isOpen ? "span running" : "span", one.from, (one.to ?? now) - one.from, `${isOpen ? "▶" : "✓"} ${one.label}`);
      }
      let from = Math.max(now, spans.at(-1)?.from + (pad?.planned_s ?? 0) || now);
      for (const one of planned) { put("span planned", from, one.planned_s, `${one.label} ${minutes(one.planned_s)}`); from += one.planned_s; }
      for (const one of marks) put("tick", one.at_s, null);
      put("head", now, null);
      return made;
    });
  }
}
