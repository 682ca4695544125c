// The database of a peer: one row an instance, the pragmas of ours, one commit a step.

import Database from "libsql";

export class Books {
  constructor(path) {
    this.database = new Database(path);
    for (const pragma of ["journal_mode=WAL", "synchronous=FULL", "cache_size=-16000"]) {
      this.database.exec(`PRAGMA ${pragma}`);
    }
    this.database.exec("CREATE TABLE instance (id TEXT PRIMARY KEY, state TEXT, source TEXT)");
    this.begin = this.database.prepare("BEGIN IMMEDIATE");
    this.commit = this.database.prepare("COMMIT");
    this.read = this.database.prepare("SELECT state, source FROM instance WHERE id = ?");
    this.add = this.database.prepare("INSERT INTO instance VALUES (?, ?, ?)");
    this.save = this.database.prepare("UPDATE instance SET state = ? WHERE id = ?");
  }
}
