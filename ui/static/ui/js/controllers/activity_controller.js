import { Controller } from "../../vendor/stimulus.js";

// Sends an activity without leaving the page, shows the answer in place and moves focus to what is new. Without script the
// form does the same by an ordinary request.
export default class extends Controller {
  async send(event) {
    const form = event.target;
    const submitter = event.submitter;
    event.preventDefault();
    const data = new FormData(form, submitter);
    if (submitter) submitter.setAttribute("aria-busy", "true");
    let response;
    try {
      response = await fetch(form.action.split("#")[0], {
        method: "POST",
        body: data,
        headers: { "X-Requested-With": "fetch" },
        credentials: "same-origin",
      });
    } catch {
      this.say(form);
      return;
    } finally {
      if (submitter) submitter.removeAttribute("aria-busy");
    }
    if (response.redirected || !(response.headers.get("Content-Type") || "").startsWith("text/html")) {
      window.location.reload();
      return;
    }
    const name = submitter && submitter.name;
    const value = submitter && submitter.value;
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = parsed.getElementById(this.element.id);
    if (!fresh) {
      window.location.reload();
      return;
    }
    const id = this.element.id;
    // What somebody has opened stays open.
    for (const one of this.element.querySelectorAll("details[open][id]")) {
      const again = fresh.querySelector(`#${CSS.escape(one.id)}`);
      if (again) again.open = true;
    }
    this.element.replaceWith(fresh);
    const moved = name === "move" && fresh.querySelector(`button[name="move"][value="${CSS.escape(value)}"]`);
    const one = name === "case" && document.getElementById(`case-${id.replace("activity-", "")}-${value}`);
    if (moved && !moved.disabled) moved.focus();
    else (one || document.getElementById(id)).focus();
  }

  // The answer stays in the form; nothing is lost, and the person decides when to try again.
  say(form) {
    let note = form.querySelector("[data-offline]");
    if (!note) {
      note = document.createElement("p");
      note.className = "toast toast--late";
      note.setAttribute("role", "alert");
      note.setAttribute("data-offline", "");
      note.textContent = form.dataset.offline || "No connection. Your answer is kept here.";
      form.append(note);
    }
  }
}
