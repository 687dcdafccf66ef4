// The page: one socket, one store, and what draws it. Keys are read here.

import { Alarm } from "./alarm.js";
import { Charts } from "./chart.js";
import { Link } from "./link.js";
import { Marks } from "./marks.js";
import { CouplingCard, drawPeople } from "./people.js";
import { question, Setup } from "./setup.js";
import { Store } from "./store.js";
import { el, find, hours, key, minutes } from "./words.js";

history.replaceState(null, "", location.pathname); // the token stays in a cookie, not in the address

const store = new Store();
const link = new Link(take, () => store.clear());
const charts = new Charts(find("#charts"), store, (word, fields) => link.ask(word, fields));
const alarm = new Alarm(store, link);
const marks = new Marks(store, link, alarm);
const coupling = new CouplingCard(store);
const setup = new Setup(store, link);
setup.onTryAlarm = () => alarm.beep([880, 660, 880]);
window.dyadkit = { store, charts, alarm, link }; // for a curious person's console, and for tests

const RECORDING = ["record", "drain", "replay"];
const STEPS = { pair: 0, check: 1, record: 2, drain: 2, done: 3 };
const PHASE_WORDS = { pair: "Pair", check: "Check", record: "Recording", drain: "Stopping", done: "Done", replay: "Replay", gone: "No recorder" };
const SLOW_MS = 250;
let lastPhase = null, slowAt = 0;

function take(message) {
  if (message.kind === "lanes") store.takeLanes(message);
  else if (message.kind === "labels") store.labels = message;
  else if (message.kind === "again") store.clear();
  else if (message.kind === "marks") { store.marks = message.marks; store.conditions = message.conditions; marks.draw(); }
  else if (message.kind === "state") {
    store.state = message.phase === "gone" ? { ...store.state, ...message } : message;
    if (message.now_s > store.now) { store.now = message.now_s; store.came = performance.now(); }
  }
}

// Which of the four views is there: one that lost its recorder stays as it was.
function show() {
  const { phase, ending } = store.state;
  const shown = phase === "gone" ? (ending ? "done" : lastPhase) : phase;
  if (shown === lastPhase) return;
  lastPhase = shown;
  find("#record").hidden = !RECORDING.includes(shown);
  for (const name of ["pair", "check", "done"]) find(`#${name}`).hidden = shown !== name;
  find("#clock").hidden = !RECORDING.includes(shown);
  find("#saved-fact").hidden = shown !== "record";
  find("#rail").hidden = RECORDING.includes(shown);
  find("#rec-state").className = `rec ${shown === "record" ? "on" : ""}`;
  find("#phase-word").textContent = PHASE_WORDS[shown] ?? shown;
  [...find("#rail").children].forEach((step, place) => {
    step.classList.toggle("passed", place < STEPS[shown]);
    if (place === STEPS[shown]) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  });
  find("#trouble").hidden = !(shown === "record" && store.state.simulated);
  find("#stop").hidden = shown !== "record";
  charts.resize();
}

function drawSlow() {
  alarm.draw();
  if (!store.state) return;
  show();
  const { state, labels } = store;
  find("#title").textContent = labels.title || state.folder || "dyadkit live";
  find("#subtitle").textContent = state.simulated ? "simulated people" : labels.title ? state.folder : "";
  find("#clock").textContent = hours(store.time() - (state.begun_s ?? 0));
  find("#disk").textContent = state.disk_hours ? `${Math.round(state.disk_hours)} h` : "–";
  find("#saved").textContent = `${Math.max(0, state.unsaved_s ?? 0).toFixed(1)} s ago`;
  if (RECORDING.includes(lastPhase) && state.people) {
    drawPeople(store);
    coupling.draw();
    marks.draw();
  }
  setup.draw();
}

// A hidden tab has alarms and its title only; frames are not drawn.
function frame(now) {
  if (store.state && RECORDING.includes(lastPhase)) charts.draw(now);
  if (now - slowAt >= SLOW_MS) {
    slowAt = now;
    drawSlow();
  }
  requestAnimationFrame(frame);
}

function stop() {
  if (store.state?.phase === "record") question("Stop the recording?", "What is recorded so far stays on disk.", "Keep recording", "Stop", () => link.ask("stop"));
}

function theme() {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  charts.resize();
}

const KEYS = [["1–9", "mark, or start and end a condition"], ["N", "write a note; Enter saves, Esc leaves"], ["U", "undo the last mark (the file keeps both lines)"], ["A", "silence the alarm sound; the words stay"],
  ["Space", "pause the view; recording goes on"], ["← →  + −  End", "back, forth, zoom, now"], ["H", "hide or show coupling"], ["T", "dark or light"], ["S", "start, or stop (asks first)"], ["Tab", "move to any button"]];

function help() {
  const dialog = find("#keys");
  dialog.setAttribute("aria-labelledby", "keys-title");
  dialog.replaceChildren(el("h2", { id: "keys-title" }, "Keys"), el("dl", {}, ...KEYS.flatMap(([name, words]) => [el("dt", {}, key(name)), el("dd", {}, words)])),
    el("p", { class: "soft" }, "Circle with a tick: good. Triangle: look when you can. Octagon: act now. Dashed ring: waiting. Tray: what was missing is being fetched. a is a circle and a solid line, b a square and a dashed line."),
    el("div", { class: "buttons" }, el("button", { autofocus: true, onclick: () => dialog.close() }, "Close ", key("Esc"))));
  dialog.showModal();
}

const ACTS = {
  u: () => marks.undo(), n: () => find("#note").focus(), a: () => alarm.silence(), " ": () => charts.togglePause(), ArrowLeft: () => charts.scroll(-1), ArrowRight: () => charts.scroll(1),
  End: () => charts.follow(), "+": () => charts.zoom(1), "=": () => charts.zoom(1), "-": () => charts.zoom(-1), h: () => coupling.toggle(), t: theme, "?": help,
  s: () => (store.state?.phase === "check" ? setup.start() : stop()), Enter: () => find("#open-report")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || event.target.tagName === "INPUT") return;
  const isButton = ["BUTTON", "A"].includes(event.target.tagName);
  if (isButton && [" ", "Enter"].includes(event.key)) return;
  if (/^[1-9]$/.test(event.key)) { if (!event.repeat) marks.press(Number(event.key), event.timeStamp); return; }
  const act = ACTS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
find("#theme").addEventListener("click", theme);
find("#help").addEventListener("click", help);
find("#stop").addEventListener("click", stop);
find("#trouble").addEventListener("click", () => link.ask("trouble", { person: "b", seconds: 20 }));
setInterval(() => { if (document.hidden) drawSlow(); }, 1000);
requestAnimationFrame(frame);
