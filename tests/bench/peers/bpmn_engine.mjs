// bpmn-engine as its documentation says: recover and resume, signal, getState.

import { randomUUID } from "node:crypto";

import { Engine } from "bpmn-engine";

const SERVICES = { decided: (decision, wanted) => decision === wanted };

export class Peer {
  constructor(books, source, data) {
    this.books = books;
    this.source = source;
    this.data = data;
  }

  options() {
    return { name: "letter", services: SERVICES, settings: { enableDummyService: true } };
  }

  async begin() {
    const engine = new Engine({ ...this.options(), source: this.source });
    await engine.execute({ variables: this.data });
    const id = randomUUID();
    this.books.begin.run();
    this.books.add.run(id, JSON.stringify(await engine.getState()), "");
    this.books.commit.run();
    await engine.stop();
    return id;
  }

  // Returns whether the letter has come to its end, and how many bytes its state has.
  async step(id, element, decision) {
    this.books.begin.run();
    const state = JSON.parse(this.books.read.get(id).state);
    const engine = new Engine(this.options()).recover(state, this.options());
    const execution = await engine.resume();
    const task = execution.getPostponed().find((each) => each.id === element);
    if (!task) throw new Error(`Expected ${element} to wait.`);
    task.owner.environment.assignVariables({ decision });
    task.signal({ decision });
    const saved = JSON.stringify(await engine.getState());
    this.books.save.run(saved, id);
    this.books.commit.run();
    const ended = engine.state === "idle";
    if (!ended) await engine.stop();
    return { ended, bytes: saved.length };
  }
}
