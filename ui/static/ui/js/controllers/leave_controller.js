import { Controller } from "../../vendor/stimulus.js";

const PRESSES = 3;
const WITHIN = 1500;

// "Leave this page": the link works without script. With it, the page's place in the history is taken by the page that one
// leaves to, so that the back button does not return here. Holding nothing in reserve: older entries stay, as the help page says.
// Three presses of Escape do the same. One press keeps its usual meaning, a key held down counts once, and any other key in
// between starts the count again, so that closing menus or leaving a screen reader's forms mode never leaves the site.
export default class extends Controller {
  connect() {
    this.presses = [];
    this.onKey = (event) => {
      if (event.repeat) return;
      if (event.key !== "Escape") {
        this.presses = [];
        return;
      }
      const now = Date.now();
      this.presses = [...this.presses.filter((at) => now - at < WITHIN), now];
      if (this.presses.length >= PRESSES) this.leave();
    };
    document.addEventListener("keydown", this.onKey);
  }

  disconnect() {
    document.removeEventListener("keydown", this.onKey);
  }

  go(event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.leave();
  }

  leave() {
    document.title = "";
    document.body.hidden = true;
    window.location.replace(this.element.href);
  }
}
