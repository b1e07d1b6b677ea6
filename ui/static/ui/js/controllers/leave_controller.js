import { Controller } from "../../vendor/stimulus.js";

// "Leave this page": the link works without script. With it, the page's place in the history is taken by the page that one
// leaves to, so that the back button does not return here. Holding nothing in reserve: older entries stay, as the help page says.
export default class extends Controller {
  connect() {
    this.presses = [];
    this.onKey = (event) => {
      if (event.key !== "Escape") return;
      const now = Date.now();
      this.presses = [...this.presses.filter((at) => now - at < 1500), now];
      if (this.presses.length >= 3) this.leave();
    };
    document.addEventListener("keydown", this.onKey);
  }

  disconnect() {
    document.removeEventListener("keydown", this.onKey);
  }

  go(event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.leave();
  }

  leave() {
    document.title = "";
    document.body.hidden = true;
    window.location.replace(this.element.href);
  }
}
