// bpmn-engine as its documentation says: recover and resume, signal, getState.

import { randomUUID } from "node:crypto";

import { Engine } from "bpmn-engine";

export class Peer {
  constructor(books, source, { started, served }) {
    this.books = books;
    this.source = source;
    this.started = started;
    this.services = {
      equal: (found, wanted) => found === wanted,
      serve: ({ id, environment }, next) => {
        environment.assignVariables(served[id]);
        next();
      },
    };
  }

  options() {
    return { name: "letter", services: this.services };
  }

  async begin() {
    const engine = new Engine({ ...this.options(), source: this.source });
    await engine.execute({ variables: this.started });
    const id = randomUUID();
    this.books.begin.run();
    this.books.add.run(id, JSON.stringify(await engine.getState()), "");
    this.books.commit.run();
    await engine.stop();
    return id;
  }

  // Returns whether the letter has come to its end, the bytes of its state, and the process data.
  async step(id, element, given) {
    this.books.begin.run();
    const state = JSON.parse(this.books.read.get(id).state);
    const engine = new Engine(this.options()).recover(state, this.options());
    const execution = await engine.resume();
    const task = execution.getPostponed().find((each) => each.id === element);
    if (!task) throw new Error(`Expected ${element} to wait.`);
    const { environment } = task.owner;
    environment.assignVariables(given);
    task.signal(given);
    const saved = JSON.stringify(await engine.getState());
    this.books.save.run(saved, id);
    this.books.commit.run();
    const ended = engine.state === "idle";
    if (!ended) await engine.stop();
    return { ended, bytes: saved.length, data: environment.variables };
  }
}
