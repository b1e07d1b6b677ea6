import { Controller } from "../../vendor/stimulus.js";

// A menu that closes with Escape, or when focus or a press goes elsewhere. Opening is the browser's own business.
export default class extends Controller {
  connect() {
    this.onKey = (event) => {
      if (event.key === "Escape" && this.element.open) {
        this.element.open = false;
        this.element.querySelector("summary").focus();
      }
    };
    this.onOutside = (event) => {
      if (!this.element.contains(event.target)) this.element.open = false;
    };
    this.element.addEventListener("keydown", this.onKey);
    document.addEventListener("pointerdown", this.onOutside);
    document.addEventListener("focusin", this.onOutside);
  }

  disconnect() {
    this.element.removeEventListener("keydown", this.onKey);
    document.removeEventListener("pointerdown", this.onOutside);
    document.removeEventListener("focusin", this.onOutside);
  }
}
