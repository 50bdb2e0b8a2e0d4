// Every change is sent at once, one after the other; what is not yet saved stays in the browser until it is.

import { Problem, paperPath } from "./server.js";

const AGAIN = 1000; // milliseconds until a service that could not be reached is tried again

export class Saving {
  constructor(server, told) {
    this.server = server;
    this.told = told; // called with "saving", "saved", "unreached" or "refused", the paper's id and the reply or fault
    this.ended = Promise.resolve();
    this.isBusy = false;
  }

  key = (id) => `unsaved ${this.server.annotator} ${id}`;

  kept(id) {
    return JSON.parse(localStorage.getItem(this.key(id)) ?? "null");
  }

  keep(id, draft) {
    localStorage.setItem(this.key(id), JSON.stringify(draft));
    this.start();
  }

  // Resolves when nothing is left to save.
  start() {
    if (!this.isBusy) {
      this.isBusy = true;
      this.ended = this.all().finally(() => (this.isBusy = false));
    }
    return this.ended;
  }

  async all() {
    const prefix = this.key("");
    for (let key; (key = Object.keys(localStorage).find((each) => each.startsWith(prefix))); ) {
      await this.one(key.slice(prefix.length), key);
    }
  }

  async one(id, key) {
    const sent = localStorage.getItem(key);
    this.told("saving", id);
    try {
      const reply = await this.server.put(paperPath(id, "/label"), JSON.parse(sent));
      if (localStorage.getItem(key) !== sent) return; // changed meanwhile: sent again
      localStorage.removeItem(key);
      this.told("saved", id, reply);
    } catch (fault) {
      if (fault instanceof Problem && fault.status < 500) {
        localStorage.removeItem(key);
        return this.told("refused", id, fault);
      }
      this.told("unreached", id, fault);
      await new Promise((resume) => setTimeout(resume, AGAIN));
    }
  }
}
