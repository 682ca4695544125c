// Walks letters on a peer as it is told: a line of steps comes in, a line of measurements goes out.

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";

import { Books } from "./books.mjs";

const [name, diagram, database] = process.argv.slice(2);
const answer = process.stdout.write.bind(process.stdout);
console.log = () => {}; // the line to the benchmark must stay clean
const { Peer } = await import(`./${name}.mjs`);
const peer = new Peer(
  new Books(database),
  readFileSync(diagram, "utf8"),
  JSON.parse(readFileSync(`${diagram}.json`, "utf8")),
);

for await (const line of createInterface({ input: process.stdin })) {
  const letter = await peer.begin();
  const seconds = [];
  let last = { ended: false };
  for (const [element, given] of JSON.parse(line)) {
    if (last.ended) throw new Error(`Expected ${element}, found the end.`);
    const began = performance.now();
    last = await peer.step(letter, element, given);
    seconds.push((performance.now() - began) / 1000);
  }
  if (!last.ended) throw new Error("Expected the letter to end.");
  answer(`${JSON.stringify({ seconds, bytes: last.bytes, data: last.data })}\n`);
}
process.exit(0); // timers of their tasks still wait
