import { Controller } from "../../vendor/stimulus.js";

// A text that is worth copying. Without script, or where the browser does not let us, it can be selected by hand.
export default class extends Controller {
  static targets = ["text", "offer", "said"];

  connect() {
    if (navigator.clipboard) this.offerTarget.hidden = false;
  }

  async copy() {
    this.textTarget.select();
    try {
      await navigator.clipboard.writeText(this.textTarget.value);
      this.saidTarget.textContent = this.saidTarget.dataset.copyDone;
    } catch {
      this.offerTarget.hidden = true;
    }
  }
}
