// Alarms: one sentence, the worst first; seen, in the tab's title, said once, and heard where wanted.

import { el, fill, find, icon, key } from "./words.js";

const AGAIN_MS = { link: 5000, "disk stuck": 5000, pulse: 15000, skin: 15000 };
const TONES = { link: [880, 660, 880], pulse: [660, 880], skin: [660, 880], disk: [880, 660, 880] };
const LOST_S = 2; // seconds in which the page hears nothing of the recorder, which speaks 5 times a second

export class Alarm {
  constructor(store, link) {
    this.store = store;
    this.link = link;
    this.silenced = new Set();
    this.sounded = {};
    this.said = "";
    this.local = []; // what the page itself noticed, as a mark that is not on disk
    this.context = null;
  }

  // What is wrong now: what the recorder says, what the page noticed, and a recorder that is gone.
  get concerns() {
    const { state } = this.store;
    if (this.link.silence > LOST_S || !state || state.phase === "gone") {
      return [{ key: "gone", light: "act", says: "No word from the recorder", how: "A recording that was begun goes on by itself. This page tries again each second." }];
    }
    const broken = state.broken ? [{ key: "broken", light: "act", says: state.broken, how: "" }] : [];
    return [...this.local, ...broken, ...(state.concerns ?? [])];
  }

  draw() {
    const found = this.concerns, worst = found[0], state = this.store.state;
    const light = worst ? worst.light : "good";
    const words = worst ? worst.says : calm(this.store);
    const more = found.length > 1 ? `and ${found.length - 1} more: ${found[1].says}` : "";
    const isLoud = worst?.light === "act" && !this.silenced.has(worst.key) && !this.store.labels.silent;
    const place = find("#sentence");
    place.className = `sentence ${["act", "look", "fill"].includes(light) ? light : ""}`;
    fill(place, { light, words, how: worst?.how, more, isLoud, phase: state?.phase }, () => [
      icon(light, 36), el("span", { class: "says" }, words),
      el("small", {}, [worst?.how ?? (state?.said || ""), more].filter(Boolean).join(" ")),
      isLoud ? el("button", { "data-key": "silence", onclick: () => this.silence() }, "Silence ", key("A")) : null,
    ]);
    document.title = worst && light !== "wait" ? `${light === "act" ? "✕" : "!"} ${words}` : `dyadkit live · ${state?.phase ?? ""}`;
    this.announce(worst, light);
    this.sound(found);
  }

  // A change of what is wrong is announced; running seconds never are.
  announce(worst, light) {
    const kind = worst ? worst.key : light;
    if (kind === this.said) return;
    this.said = kind;
    find("#announce").textContent = worst ? `${worst.says.replace(/\d+:\d+/, "")}. ${worst.how}` : calm(this.store);
  }

  silence() {
    for (const one of this.concerns) this.silenced.add(one.key);
    this.draw();
  }

  sound(found) {
    const present = new Set(found.map((one) => one.key));
    for (const kept of [...this.silenced]) if (!present.has(kept)) this.silenced.delete(kept);
    for (const kept of Object.keys(this.sounded)) if (!present.has(kept)) delete this.sounded[kept];
    if (this.store.labels.silent) return;
    for (const one of found.filter((o) => o.light === "act" && !this.silenced.has(o.key))) {
      const kind = one.key.split(" ").pop(), at = this.sounded[one.key] ?? -Infinity;
      if (performance.now() - at < (AGAIN_MS[one.key] ?? AGAIN_MS[kind] ?? Infinity) || (at > 0 && !AGAIN_MS[kind] && !AGAIN_MS[one.key])) continue;
      this.sounded[one.key] = performance.now();
      this.beep(TONES[kind] ?? TONES.disk);
      return;
    }
  }

  // Browsers let a page sound once somebody has clicked or typed in it.
  beep(tones) {
    if (!navigator.userActivation?.hasBeenActive) return;
    this.context ??= new AudioContext();
    this.beeps = (this.beeps ?? 0) + 1;
    tones.forEach((hertz, place) => {
      const tone = this.context.createOscillator(), loudness = this.context.createGain(), at = this.context.currentTime + 0.22 * place;
      tone.frequency.value = hertz;
      loudness.gain.setValueAtTime(0.0001, at);
      loudness.gain.linearRampToValueAtTime(0.12, at + 0.03);
      loudness.gain.linearRampToValueAtTime(0.0001, at + 0.2);
      tone.connect(loudness).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + 0.21);
    });
  }
}

// What is said where nothing is wrong.
function calm(store) {
  const { state } = store;
  if (!state) return "Waiting for the recorder";
  if (state.phase === "pair") return missing(store);
  if (state.phase === "check") return ["a", "b"].some((person) => state.people[person].bound_s === null) ? "Almost: clocks are being matched" : "You can start now";
  if (state.phase === "record") return "All well. Both are recording.";
  if (state.phase === "drain") return "Stopped. Fetching what the wearables still hold.";
  if (state.phase === "replay") return `Replay, ${state.paused ? "paused" : `${state.speed} × as fast as it was`}`;
  return "The session is closed.";
}

function missing(store) {
  const { members } = store.state;
  const without = ["a", "b"].filter((person) => !members?.[person]);
  if (!without.length) return "Both have a wearable. Check their signals next.";
  return without.length === 2 ? "Find two wearables: press Look, then Blink to see which is which." : `Now find ${without[0]}'s wearable: press Blink and look whose lamp flashes twice.`;
}
