// Before and after: wearables found, told apart and paired; the pre-flight; how the session ended.

import { Mini } from "./chart.js";
import { chip, el, fill, find, icon, key, minutes, percent } from "./words.js";

export class Setup {
  constructor(store, link) {
    this.store = store;
    this.link = link;
    this.busy = "";
    this.why = "";
    this.minis = null;
    this.screen = false; // somebody has said where this screen faces
  }

  async ask(word, fields = {}, busy = "") {
    this.busy = busy;
    this.draw();
    const answer = await this.link.ask(word, fields);
    this.busy = "";
    this.why = answer.ok ? "" : answer.why;
    this.draw();
    return answer;
  }

  draw() {
    const phase = this.store.state?.phase;
    if (phase === "pair") this.drawPair();
    else if (phase === "check") this.drawCheck();
    else if (phase === "done" || (phase === "gone" && this.store.state.ending)) this.drawDone();
  }

  // Pair

  drawPair() {
    const { wearables, members, simulated } = this.store.state, { codes, roles, title } = this.store.labels;
    const signature = { wearables, members, codes, roles, title, busy: this.busy, why: this.why, simulated };
    fill(find("#pair"), signature, () => [this.slot("a"), this.slot("b"), this.reach()]);
  }

  slot(person) {
    const { wearables, members } = this.store.state, { codes, roles } = this.store.labels;
    const own = (wearables ?? []).find((one) => one.address === members[person]);
    const field = (name, values) => el("label", {}, name, el("input", {
      value: values[person] ?? "", maxlength: 40, "data-key": `${name}-${person}`,
      onchange: (event) => this.ask("labels", { [name === "Code" ? "codes" : "roles"]: { ...values, [person]: event.target.value } }),
    }));
    const state = own
      ? [el("div", { class: "state" }, icon("good", 38), `Paired: ${own.name}`), el("ul", { class: "rows" }, ...health(own))]
      : [el("div", { class: "state" }, icon("wait", 38), "No wearable yet"),
        el("p", {}, "Press Look, then Blink beside a wearable. The one whose lamp flashes twice, long, is the one. Then press This is ", person, "'s.")];
    return el("section", { class: "panel slot", "aria-label": `Person ${person}` }, el("h2", {}, chip(person), roles[person] || codes[person] || `Person ${person}`),
      el("div", { class: "two" }, field("Code", codes), field("Role", roles)), ...state);
  }

  reach() {
    const { wearables, members } = this.store.state, isReady = members.a && members.b;
    const rows = (wearables ?? []).map((one) => el("li", {}, icon(one.complaint ? "look" : "good", 26),
      el("span", {}, el("b", {}, one.name || one.address), el("br"), el("span", { class: "soft" }, one.complaint || `${nearness(one.rssi_dbm)}, ${charge(one)}`)),
      el("span", { class: "buttons" },
        el("button", { "data-key": `blink-${one.address}`, disabled: Boolean(this.busy), onclick: () => this.ask("blink", { address: one.address }, `blink ${one.address}`) }, this.busy === `blink ${one.address}` ? "Flashing twice…" : "Blink"),
        ...["a", "b"].map((person) => (members[person] === one.address ? el("b", {}, `${person}'s`) : el("button", { "data-key": `pair-${person}-${one.address}`, disabled: Boolean(this.busy), onclick: () => this.ask("pair", { person, address: one.address }) }, `This is ${person}'s`))))));
    return el("section", { class: "panel slot", "aria-label": "In reach" }, el("h2", {}, "In reach"),
      el("label", {}, "Name of the dyad", el("input", { value: this.store.labels.title, maxlength: 40, "data-key": "title", onchange: (event) => this.ask("labels", { title: event.target.value }) })),
      el("ul", { class: "rows" }, ...rows),
      el("button", { "data-key": "find", disabled: Boolean(this.busy), onclick: () => this.ask("find", {}, "find") }, this.busy === "find" ? "Looking…" : wearables?.length ? "Look again" : "Look for wearables"),
      el("div", { class: "grow" }), this.why ? el("p", { role: "alert" }, this.why) : null,
      el("button", { class: "primary", "data-key": "check", disabled: !isReady || Boolean(this.busy), onclick: () => this.ask("check") }, "Check signals"),
      el("p", { class: "soft" }, isReady ? "Connects both; they record from then on, so nothing is lost by looking." : `Waits for ${members.a ? "b" : "a"}'s wearable.`));
  }

  // Check

  drawCheck() {
    const { state, labels } = this.store;
    const faults = state.concerns.filter((one) => one.light === "act"), waits = state.concerns.filter((one) => one.light === "wait");
    const sync = ["a", "b"].filter((person) => state.people[person].bound_s === null);
    const signature = { faults: faults.map((one) => [one.key, one.how]), waits: waits.map((one) => one.says), sync, why: this.why, silent: labels.silent, blind: labels.blind, screen: this.screen,
      people: ["a", "b"].map((person) => [state.people[person].light, rows(state.people[person])]), disk: Math.round(state.disk_hours ?? 0), roles: labels.roles };
    const isNew = fill(find("#check"), signature, () => [this.verdict(faults, waits, sync), ...["a", "b"].map((person) => this.checked(person)), this.session()]);
    if (isNew || !this.minis) {
      for (const person of ["a", "b"]) {
        const place = find(`#mini-${person}`);
        if (!place.firstChild) place.append(this.minis?.[person]?.place ?? el("div"));
      }
      this.minis ??= Object.fromEntries(["a", "b"].map((person) => [person, new Mini(find(`#mini-${person}`).firstChild, this.store, person)]));
    }
    for (const mini of Object.values(this.minis)) mini.draw();
  }

  verdict(faults, waits, sync) {
    const light = faults.length ? "act" : waits.length || sync.length ? "wait" : "good";
    const words = faults.length ? `Mend ${faults.length} thing${faults.length > 1 ? "s" : ""}, then start` : waits.length ? "Connecting both" : sync.length ? "Almost: clocks are being matched" : "You can start now";
    const more = faults.length ? `${faults.map((one) => one.says).join("; ")}. This page looks again all the time.` : waits.length ? waits.map((one) => one.says).join("; ") : sync.length ? "It takes half a minute; you may start before." : "Nothing is lost by waiting: the wearables record already.";
    const isFit = light === "good" || (light === "wait" && !waits.length);
    const button = isFit
      ? el("button", { class: "primary", "data-key": "start", onclick: () => this.start() }, "Start recording ", key("S"))
      : el("button", { "data-key": "start", disabled: Boolean(waits.length), onclick: () => this.start() }, "Start anyway… ", key("S"));
    return el("div", { class: "panel verdict" }, icon(light, 68), el("div", {}, el("h2", {}, words), el("p", {}, more), this.why ? el("p", { role: "alert" }, this.why) : null), button);
  }

  start() {
    if (this.store.state.phase !== "check" || this.store.state.concerns.some((one) => one.light === "wait")) return;
    const faults = this.store.state.concerns.filter((one) => one.light === "act");
    if (!faults.length) { this.ask("start"); return; }
    question("Start although something is wrong?", faults.map((one) => one.says).join("; "), "Mend it first", "Start anyway", () => this.ask("start"));
  }

  checked(person) {
    const now = this.store.state.people[person], { roles, codes } = this.store.labels;
    const bad = now.concerns.filter((one) => one.light === "act");
    return el("section", { class: `panel${bad.length ? " mend" : ""}`, "aria-label": `Signals of ${person}` },
      el("h2", { class: "top" }, el("span", { class: "buttons" }, chip(person), roles[person] || codes[person] || `Person ${person}`, el("span", { class: "light" }, icon(now.light, 32), bad.length ? "Mend" : now.word))),
      el("ul", { class: "rows" },
        ...bad.map((one) => el("li", {}, icon("act", 22), el("b", {}, one.says), el("p", { class: "how" }, one.how))),
        ...rows(now).map(([light, name, value]) => el("li", {}, icon(light, 22), el("span", {}, name), el("span", { class: "soft" }, value)))),
      el("div", { class: "mini", id: `mini-${person}`, role: "img", "aria-label": `Pulse of ${person}, last 10 seconds` }));
  }

  session() {
    const { state, labels } = this.store;
    const box = (name, words) => el("label", { class: "tick-box" }, el("input", { type: "checkbox", checked: labels[name], "data-key": name, onchange: (event) => this.ask("labels", { [name]: event.target.checked }) }), words);
    return el("section", { class: "panel", "aria-label": "Session" }, el("h2", {}, "Session"), el("ul", { class: "rows" },
      el("li", {}, icon(state.disk_hours > 1 ? "good" : "act", 22), el("span", {}, "Disk"), el("span", { class: "soft" }, `${Math.round(state.disk_hours)} h left`)),
      el("li", {}, icon("good", 22), el("span", {}, "Keys"), el("span", { class: "soft" }, `${labels.pads.length} named`)),
      el("li", {}, icon("good", 22), el("span", {}, "Folder"), el("span", { class: "soft" }, state.folder)),
      el("li", {}, icon(this.screen ? "good" : "look", 22), el("label", { class: "tick-box" }, el("input", { type: "checkbox", checked: this.screen, "data-key": "screen", onchange: (event) => { this.screen = event.target.checked; this.draw(); } }), "The dyad cannot see this screen")),
      el("li", {}, icon("good", 22), box("silent", "No alarm sounds: the dyad must not be startled")),
      el("li", {}, icon("good", 22), box("blind", "Hide coupling from whoever watches"))),
      el("div", { class: "buttons" }, el("button", { "data-key": "alarm", disabled: labels.silent, onclick: () => this.onTryAlarm() }, "Try the alarm")));
  }

  // Done

  drawDone() {
    const { ending, report, folder, said } = this.store.state;
    fill(find("#done"), { ending, report, said }, () => {
      if (!ending?.usability) return [el("div", { class: "panel verdict" }, icon("wait", 68), el("div", {}, el("h2", {}, "Stopped and on disk"), el("p", {}, said || "It is being looked through.")))];
      const weak = ending.reasons.length, isGood = ending.usability === "good";
      const words = ending.usability === "not usable" ? "Not usable" : isGood ? "Good" : `Usable, with ${weak} weak spot${weak > 1 ? "s" : ""}`;
      const open = report ? el("a", { class: "primary", id: "open-report", href: "report", target: "_blank", rel: "noopener" }, "Open the report ", key("Enter")) : el("button", { disabled: true }, said ? "No report" : "The report is being made…");
      return [
        el("div", { class: "panel verdict" }, icon(isGood ? "good" : ending.usability === "not usable" ? "act" : "look", 68), el("div", {}, el("h2", {}, words), el("p", {}, [`${minutes(ending.duration_s ?? 0)} recorded and on disk.`, ...ending.reasons].join(" ")), el("p", {}, said)), open),
        el("section", { class: "panel", "aria-label": "Good signal" }, el("h2", {}, "Good signal in each condition"), coverage(ending), el("p", { class: "soft" }, ending.notes.join(" "))),
        el("section", { class: "panel", "aria-label": "Next" }, el("h2", {}, "Next"), el("ol", { class: "next" },
          el("li", {}, "Take the sensors off both people. Throw the electrodes away, wipe the cases."), el("li", {}, "Put both wearables on charge."), el("li", {}, "Open the report, or start dyadkit live again for the next dyad.")),
          el("p", { class: "soft" }, folder))];
    });
  }
}

// A question that is answered by its first button unless somebody says otherwise.
export function question(title, words, no, yes, then) {
  const dialog = find("#ask");
  const close = (isYes) => { dialog.close(); if (isYes) then(); };
  dialog.replaceChildren(el("h2", { id: "ask-title" }, title), el("p", {}, words), el("div", { class: "buttons" },
    el("button", { id: "ask-no", autofocus: true, onclick: () => close(false) }, `${no} `, key("Esc")), el("button", { id: "ask-yes", onclick: () => close(true) }, `${yes} `, key("Y"))));
  dialog.setAttribute("aria-labelledby", "ask-title");
  dialog.onkeydown = (event) => { if (event.key.toLowerCase() === "y") close(true); };
  dialog.showModal();
}

const charge = (one) => (one.battery_percent === null ? "battery not measured" : `${one.battery_percent} %${one.battery_percent < 20 ? ": charge first" : ""}`);
const nearness = (dbm) => (dbm === 0 ? "on its cable" : dbm > -65 ? "near" : dbm > -80 ? "in reach" : "far");

function health(one) {
  const failed = one.failed_checks, row = (light, name, value) => el("li", {}, icon(light, 22), el("span", {}, name), el("span", { class: "soft" }, value));
  const tests = failed === null ? ["wait", "not reported"] : failed.length ? ["look", `all but ${failed.join(", ")}`] : ["good", "passed"];
  return [row(tests[0], "Self-test", tests[1]), row("good", "Memory", `${one.hours_left} h of room`), row(one.battery_percent !== null && one.battery_percent < 20 ? "look" : "good", "Battery", charge(one)), row("good", "Firmware", one.firmware)];
}

function rows(now) {
  const pulse = now.pulse_off_s ? ["act", "Pulse", "not on skin"] : now.clear === null ? ["wait", "Pulse", "a moment"] : [now.clear >= 0.5 ? "good" : "look", "Pulse", `on skin, ${now.clear >= 0.9 ? "clear" : `${percent(now.clear)} clear`}${now.bpm === null ? "" : `, ${now.bpm.toFixed(0)} bpm`}`];
  const skin = now.skin_off_s ? ["act", "Skin", "no contact"] : now.usiemens === null ? ["wait", "Skin", "a moment"] : ["good", "Skin", `on skin, ${now.usiemens.toFixed(1)} µS`];
  const battery = now.battery_percent === null ? ["look", "Battery", "not measured"] : [now.battery_percent < 20 ? "look" : "good", "Battery", `${now.battery_percent} %`];
  const failed = now.failed_checks;
  const test = failed === null ? ["wait", "Self-test", "–"] : [failed.length ? "look" : "good", "Self-test", failed.length ? `all but ${failed.join(", ")}` : "passed"];
  return [pulse, skin, [now.lost > 0.01 ? "look" : "good", "Link", `${percent(now.lost)} late`], now.bound_s === null ? ["wait", "Sync", "being found"] : ["good", "Sync", `± ${(now.bound_s * 1000).toFixed(1)} ms`], battery, test];
}

function coverage(ending) {
  const [head, ...lines] = ending.coverage;
  if (!head) return el("p", {}, "Nothing could be read.");
  return el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Signal"), ...head.conditions.map((one) => el("th", { scope: "col" }, `${one.label} ${minutes(one.seconds)}`)))),
    el("tbody", {}, ...lines.map((line) => el("tr", {}, el("td", {}, el("span", { class: "share" }, chip(line.person), line.signal)), ...line.known.map((share) => el("td", {}, share === null ? "–" : el("span", { class: "share" }, icon(share >= ending.min_trusted ? "good" : "look", 20), percent(share))))))));
}
