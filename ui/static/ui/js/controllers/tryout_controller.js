import { Controller } from "../../vendor/stimulus.js";

// Draws a form's outcome anew a moment after the last change. Without this script the Preview button does the same.
export default class extends Controller {
  static targets = ["picture", "status", "problems", "button"];
  static values = { url: String, working: String, ready: String, failed: String };

  connect() {
    this.element.addEventListener("submit", () => this.stop());
  }

  disconnect() {
    this.stop();
  }

  stop() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), 700);
  }

  // The button would open a tab of its own; here the picture beside the form is enough.
  now(event) {
    event.preventDefault();
    this.draw();
  }

  async draw() {
    this.stop();
    const request = new AbortController();
    this.request = request;
    this.statusTarget.textContent = this.workingValue;
    try {
      const answer = await fetch(this.urlValue, {
        method: "POST",
        body: new FormData(this.element),
        headers: { Accept: "image/png" },
        signal: request.signal,
      });
      if (answer.ok) {
        this.pictureTarget.src = await this.asAddress(await answer.blob());
        this.say(this.readyValue);
      } else if (answer.status === 422) {
        this.say("", (await answer.json()).errors);
      } else if (answer.status === 429) {
        this.say(await answer.text());
      } else {
        this.say(this.failedValue);
      }
    } catch (error) {
      if (error.name !== "AbortError") this.say(this.failedValue);
    }
  }

  say(text, problems = []) {
    this.statusTarget.textContent = text;
    this.problemsTarget.replaceChildren(...problems.map((problem) => {
      const line = document.createElement("li");
      line.textContent = problem;
      return line;
    }));
    this.problemsTarget.hidden = problems.length === 0;
  }

  asAddress(blob) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(blob);
    });
  }
}
