// Saves a scene by itself a moment after the last change. Without this script the Save button does the same.
(() => {
  const { Controller } = window.StimulusModule;

  class StoryDesk extends Controller {
    static targets = ["form", "revision", "status", "problems"];

    connect() {
      this.warn = (event) => { if (this.isDirty) event.preventDefault(); };
      window.addEventListener("beforeunload", this.warn);
    }

    disconnect() {
      window.removeEventListener("beforeunload", this.warn);
      clearTimeout(this.timer);
    }

    changed() {
      if (!this.hasStatusTarget) return;
      this.isDirty = true;
      this.statusTarget.textContent = this.statusTarget.dataset.unsaved;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), 1200);
    }

    // A button pressed while a save is under way waits for it: the form would go out with the revision before it, and
    // the trainer would be told of a conflict with herself.
    async leaving(event) {
      clearTimeout(this.timer);
      if (this.saving) {
        event.preventDefault();
        const { submitter } = event;
        await this.saving;
        clearTimeout(this.timer);
        this.isDirty = false;
        this.formTarget.requestSubmit(submitter);
        return;
      }
      this.isDirty = false;
    }

    async save() {
      if (this.saving) { this.changed(); return; }
      this.saving = this.send();
      await this.saving;
      this.saving = null;
    }

    async send() {
      this.isDirty = false;
      try {
        const response = await fetch(this.formTarget.getAttribute("action"), {
          method: "POST", body: new FormData(this.formTarget), headers: { Accept: "application/json" },
        });
        const answer = await response.json();
        if (response.ok) {
          this.revisionTarget.value = answer.revision;
          if (!this.isDirty) this.statusTarget.textContent = answer.saved;
          this.list(answer.problems);
        } else {
          this.isDirty = true;
          this.statusTarget.textContent = answer.errors.join(" ");
        }
      } catch {
        this.isDirty = true;
        this.statusTarget.textContent = this.statusTarget.dataset.failed;
      }
    }

    list(problems) {
      const list = document.createElement("ul");
      for (const words of problems) {
        const item = document.createElement("li");
        item.className = "story__problem";
        item.textContent = words;
        list.append(item);
      }
      this.problemsTarget.replaceChildren(list);
    }
  }

  window.wagtail.app.register("story-desk", StoryDesk);
})();
