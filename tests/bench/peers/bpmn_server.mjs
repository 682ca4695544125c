// bpmn-server with its own data store on SQLite instead of MongoDB, and nobody to lock against.

import { createRequire } from "node:module";

const { BPMNServer, Configuration, DataStore, DefaultAppDelegate, Logger, ModelsDatastore, NoCacheManager, ScriptHandler } =
  createRequire(import.meta.url)("bpmn-server");

class Models extends ModelsDatastore {
  constructor(server, source) {
    super(server);
    this.source = source;
  }

  async getSource() {
    return this.source;
  }

  async getSVG() {
    return "";
  }
}

// What their store asks of MongoDB. The source of the diagram is written once, the rest each time.
class Collection {
  constructor(books) {
    this.books = books;
    this.bytes = 0;
  }

  async find(_database, _collection, query) {
    const row = this.books.read.get(query.id);
    return row ? [{ ...JSON.parse(row.state), id: query.id, source: row.source }] : [];
  }

  async insert(_database, _collection, [{ source, ...document }]) {
    this.books.add.run(document.id, this.text(document), source);
  }

  async update(_database, _collection, { id }, { $set: document }) {
    this.books.save.run(this.text(document), id);
  }

  text(document) {
    const text = JSON.stringify(document);
    this.bytes = text.length;
    return text;
  }
}

class Delegate extends DefaultAppDelegate {
  constructor(server, served) {
    super(server);
    this.services = { serve: async (_input, { item }) => item.setData(served[item.elementId]) };
  }

  async getServicesProvider() {
    return this.services;
  }
}

export class Peer {
  constructor(books, source, { started, served }) {
    this.books = books;
    this.started = started;
    this.logger = new Logger({ toConsole: false });
    this.collection = new Collection(books);
    const configuration = new Configuration({
      definitionsPath: "",
      templatesPath: "",
      timers: { forceTimersDelay: 0, precision: 3000 },
      database: { MongoDB: { db_url: "", db: "bench" } },
      apiKey: "",
      logger: () => this.logger,
      definitions: (server) => new Models(server, source),
      appDelegate: (server) => new Delegate(server, served),
      dataStore: (server) => this.store(server),
      cacheManager: (server) => new NoCacheManager(server),
      scriptHandler: () => new ScriptHandler(),
    });
    this.server = new BPMNServer(configuration, this.logger, { cron: false });
  }

  store(server) {
    const store = new DataStore(server);
    store.db = this.collection;
    store.locker = { lock: async () => true, release: async () => true };
    return store;
  }

  async begin() {
    this.books.begin.run();
    const execution = await this.server.engine.start("letter", this.started);
    this.books.commit.run();
    this.logger.clear();
    return execution.id;
  }

  async step(id, element, given) {
    this.books.begin.run();
    const waiting = { id, "items.elementId": element, "items.status": "wait" };
    const execution = await this.server.engine.invoke(waiting, given);
    this.books.commit.run();
    this.logger.clear();
    const { data } = execution.instance;
    return { ended: execution.status === "end", bytes: this.collection.bytes, data };
  }
}
