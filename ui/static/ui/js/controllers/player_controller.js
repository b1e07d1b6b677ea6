// Plays a scenario without loading whole pages. Every form works without it: this only saves the reload, moves the focus
// to what is new, and keeps a choice while the connection is away. Sending twice is harmless; the server counts the steps.
import { Controller } from "../../vendor/stimulus.js";

export default class extends Controller {
  static targets = ["stage", "status", "lost"];

  connect() {
    this.announced = this.step;
    this.tries = 0;
  }

  // Which decision is on the page; nothing between scenes.
  get step() {
    return this.stageTarget.querySelector("input[name='step']")?.value;
  }

  disconnect() {
    this.forget();
  }

  async send(event) {
    event.preventDefault();
    if (!this.isBusy) await this.post(event.target);
  }

  async post(form) {
    this.stopWaiting();
    this.isBusy = true;
    form.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } });
      if (response.status > 499) throw new Error(response.statusText);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      this.forget();
      this.show(form, response, page);
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
      const before = { step: this.step, choice: this.stageTarget.querySelector("input[name='choice']:checked")?.value };
      this.stageTarget.replaceChildren(...stage.childNodes);
      if (before.choice && before.step === this.step) {
        const same = this.stageTarget.querySelector(`input[type='radio'][value='${before.choice}']`);
        if (same) same.checked = true;
      }
      document.title = page.title;
      const news = this.stageTarget.querySelector("[role='alert']") ?? this.stageTarget.querySelector("[data-player-focus]");
      (news ?? this.element).scrollIntoView({ block: "start" });
      news?.focus({ preventScroll: true });
      this.announce();
    } else if (response.redirected) {
      location.assign(response.url);
    } else {
      form.submit();
    }
  }

  // Once for each step: what came of it, and that it is saved. Turning the coach on or off is no step.
  announce() {
    const isSame = this.step === this.announced;
    this.announced = this.step;
    if (isSame || this.stageTarget.querySelector("[role='alert']")) return;
    const words = ["news", "saved"].map((name) => this.stageTarget.querySelector(`[data-player-${name}]`)?.textContent.trim());
    this.statusTarget.textContent = words.filter(Boolean).join(" ");
  }

  // No answer: say so beside the button, keep what was pressed, and send it when the connection is back, or the site is:
  // of that no browser tells, so it is tried again after 3 seconds, then 6, and then twice a minute.
  keep(form) {
    if (this.lostTarget.hidden) {
      this.lostTarget.hidden = false;
      form.append(this.lostTarget);
    }
    this.stageTarget.querySelector("[data-player-saved]")?.setAttribute("hidden", "");
    this.whenBack = () => this.post(form);
    window.addEventListener("online", this.whenBack, { once: true });
    this.tries += 1;
    this.timer = setTimeout(this.whenBack, 1000 * Math.min(30, 3 * 2 ** (this.tries - 1)));
  }

  stopWaiting() {
    window.removeEventListener("online", this.whenBack);
    clearTimeout(this.timer);
  }

  forget() {
    this.stopWaiting();
    this.tries = 0;
    if (this.hasLostTarget) {
      this.lostTarget.hidden = true;
      this.element.prepend(this.lostTarget);
    }
  }
}
