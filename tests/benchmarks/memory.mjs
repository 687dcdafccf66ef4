// What importing the wearable takes of the heap of a 32-bit MicroPython; see bench_memory.py.
// node memory.mjs FOLDER_OF_THE_INTERPRETER FOLDER_OF_MPY MODULE...
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [where, compiled, ...modules] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(path.join(where, "micropython.mjs")));
let printed = "";
const stdout = (line) => (printed = line);
const mp = await loadMicroPython({ heapsize: 1 << 20, pystack: 32 * 1024, stdout });

function copy(from, to) {
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), `${to}/${entry.name}`];
    if (entry.isDirectory()) {
      mp.FS.mkdir(target);
      copy(source, target);
    } else mp.FS.writeFile(target, fs.readFileSync(source));
  }
}

function used() {
  mp.runPython("gc.collect()"); // this port collects between calls from outside
  mp.runPython("gc.collect()\nm = gc.mem_alloc()\nmicropython.qstr_info()");
  return { all: mp.globals.get("m"), names: Number(/n_total_bytes=(\d+)/.exec(printed)[1]) };
}

mp.FS.mkdir("/compiled");
copy(compiled, "/compiled");
mp.runPython(`
import sys, gc, asyncio, binascii, struct, json, io, collections, array, time, micropython
sys.path[:] = [".frozen", "/compiled"]
class Stub: pass
for name in ("machine", "bluetooth", "select", "random", "os"):
    sys.modules[name] = Stub()
class Part: pass
for name in ("I2C", "Pin", "ADC", "Timer", "WDT"):
    setattr(sys.modules["machine"], name, Part)
`);
used();
let before = used();
for (const name of modules) {
  mp.runPython(`import ${name}`);
  const after = used();
  console.log(name, after.all - before.all, after.names - before.names);
  before = after;
}
