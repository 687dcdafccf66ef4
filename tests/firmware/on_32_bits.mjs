// Test files run inside a MicroPython with 31-bit small integers; see test_on_32_bits.py.
// node on_32_bits.mjs FOLDER_OF_THE_INTERPRETER HEAP_BYTES FOLDER FILE...
// A line OUTCOME NAME TEXT for each test: the text is empty if it passed.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [where, heap, folder, ...files] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(path.join(where, "micropython.mjs")));

function copy(mp, from, to) {
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), `${to}/${entry.name}`];
    if (entry.isDirectory()) {
      mp.FS.mkdir(target);
      copy(mp, source, target);
    } else mp.FS.writeFile(target, fs.readFileSync(source));
  }
}

for (const file of files) {
  const mp = await loadMicroPython({
    heapsize: Number(heap), pystack: 32 * 1024, stdout: (line) => console.log(line),
  });
  mp.FS.mkdir("/all");
  mp.FS.mkdir("/flash");
  copy(mp, folder, "/all");
  mp.globals.set("name", file);
  try {
    mp.runPython(`
import sys
sys.path[:] = [".frozen", "/all"]
import prepared
prepared.run(name)
`);
  } catch (error) {
    console.log("OUTCOME", file, JSON.stringify(String(error.message).slice(-400)));
  }
}
process.exit(0);
