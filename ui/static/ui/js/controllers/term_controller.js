import { Controller } from "../../vendor/stimulus.js";

// A word with its meaning beside it. Showing it is the style sheet's business; this closes it with Escape, and makes a first
// tap show the meaning where there is no pointer to hover with. Without script a tap follows the link.
export default class extends Controller {
  connect() {
    this.word = this.element.querySelector(".term__word");
    this.onKey = (event) => {
      if (event.key === "Escape") this.element.classList.add("term--shut");
    };
    this.onArrive = () => document.addEventListener("keydown", this.onKey);
    this.onGone = (event) => {
      if (this.element.contains(event.relatedTarget)) return;
      if (event.type === "pointerleave" && this.element.contains(document.activeElement)) return;
      document.removeEventListener("keydown", this.onKey);
      this.element.classList.remove("term--shut", "term--open");
    };
    this.onPress = (event) => {
      this.isTouch = event.pointerType === "touch";
    };
    this.onClick = (event) => {
      if (!this.isTouch || this.element.classList.contains("term--open")) return;
      event.preventDefault();
      this.element.classList.remove("term--shut");
      this.element.classList.add("term--open");
      this.word.focus();
    };
    this.element.addEventListener("pointerenter", this.onArrive);
    this.element.addEventListener("focusin", this.onArrive);
    this.element.addEventListener("pointerleave", this.onGone);
    this.element.addEventListener("focusout", this.onGone);
    this.word.addEventListener("pointerdown", this.onPress);
    this.word.addEventListener("click", this.onClick);
  }

  disconnect() {
    document.removeEventListener("keydown", this.onKey);
    for (const [name, listener] of [
      ["pointerenter", this.onArrive],
      ["focusin", this.onArrive],
      ["pointerleave", this.onGone],
      ["focusout", this.onGone],
    ])
      this.element.removeEventListener(name, listener);
    this.word.removeEventListener("pointerdown", this.onPress);
    this.word.removeEventListener("click", this.onClick);
  }
}
