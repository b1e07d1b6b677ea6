// Plays a scenario without loading whole pages. Every form works without it: this only saves the reload, moves the focus
// to what is new, and keeps a choice while the connection is away. Sending twice is harmless; the server counts the steps.
import { Controller } from "../../vendor/stimulus.js";

export default class extends Controller {
  static targets = ["stage", "status", "lost"];

  disconnect() {
    this.forget();
  }

  async send(event) {
    event.preventDefault();
    if (!this.isBusy) await this.post(event.target);
  }

  async post(form) {
    this.forget();
    this.isBusy = true;
    form.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } });
      this.show(form, response, new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      this.keep(form);
    } finally {
      this.isBusy = false;
      form.removeAttribute("aria-busy");
    }
  }

  show(form, response, page) {
    const stage = page.querySelector("[data-player-target='stage']");
    if (stage && new URL(response.url).pathname === new URL(this.element.dataset.playerHere, location.href).pathname) {
      this.stageTarget.replaceChildren(...stage.childNodes);
      document.title = page.title;
      this.element.scrollIntoView({ block: "start" });
      const news = this.stageTarget.querySelector("[role='alert']") ?? this.stageTarget.querySelector("[data-player-focus]");
      news?.focus({ preventScroll: true });
      this.statusTarget.textContent = this.stageTarget.querySelector("[data-player-saved]")?.textContent.trim() ?? "";
    } else if (response.redirected) {
      location.assign(response.url);
    } else {
      form.submit();
    }
  }

  // No connection: say so beside the button, keep what was chosen, and send it when the connection is back.
  keep(form) {
    this.lostTarget.hidden = false;
    form.append(this.lostTarget);
    this.whenBack = () => this.post(form);
    window.addEventListener("online", this.whenBack, { once: true });
  }

  forget() {
    window.removeEventListener("online", this.whenBack);
    if (this.hasLostTarget) {
      this.lostTarget.hidden = true;
      this.element.prepend(this.lostTarget);
    }
  }
}
