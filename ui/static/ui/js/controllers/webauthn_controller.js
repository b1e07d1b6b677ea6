import { Controller } from "../../vendor/stimulus.js";

// Passkeys and security keys. The form carries one hidden field; this fills it with the device's answer and sends the form.
// What to ask the device comes with the page (#js_data) or, on the sign-in page, from the address in `url`.
export default class extends Controller {
  static targets = ["credential", "button", "problem", "missing"];
  static values = { does: String, url: String, alone: Boolean };

  connect() {
    const able = Boolean(window.PublicKeyCredential && navigator.credentials);
    this.buttonTargets.forEach((button) => { button.hidden = !able; });
    this.missingTargets.forEach((words) => {
      words.hidden = able;
      words.textContent = words.dataset.unable;
    });
  }

  async ask(event) {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    this.buttonTarget.setAttribute("aria-busy", "true");
    this.problemTarget.hidden = true;
    try {
      const publicKey = this.understand((await this.options()).publicKey);
      const credential = this.doesValue === "create"
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      this.credentialTarget.value = JSON.stringify(this.put(credential));
      this.element.submit();
    } catch (error) {
      this.say(error);
    } finally {
      this.busy = false;
      this.buttonTarget.removeAttribute("aria-busy");
    }
  }

  async options() {
    if (this.urlValue) {
      const response = await fetch(this.urlValue, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) throw new TypeError("offline");
      return (await response.json()).request_options;
    }
    const data = JSON.parse(document.getElementById("js_data").textContent);
    return this.doesValue === "create" ? data.creation_options : data.request_options;
  }

  // The server writes bytes as base64url; browsers before 2023 cannot read that themselves.
  understand(options) {
    const asked = { ...options, challenge: bytes(options.challenge) };
    if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
    for (const list of ["allowCredentials", "excludeCredentials"]) {
      if (options[list]) asked[list] = options[list].map((one) => ({ ...one, id: bytes(one.id) }));
    }
    if (this.doesValue === "create") {
      const box = this.element.querySelector("input[name=passwordless]");
      const alone = this.aloneValue || Boolean(box && box.checked);
      const selection = { ...(options.authenticatorSelection || {}) };
      selection.residentKey = alone ? "required" : "discouraged";
      selection.requireResidentKey = alone;
      if (alone) selection.userVerification = "required";
      asked.authenticatorSelection = selection;
    }
    return asked;
  }

  put(credential) {
    const { response } = credential;
    const answer = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      answer.attestationObject = text(response.attestationObject);
      answer.transports = response.getTransports ? response.getTransports() : [];
    } else {
      answer.authenticatorData = text(response.authenticatorData);
      answer.signature = text(response.signature);
      answer.userHandle = response.userHandle ? text(response.userHandle) : null;
    }
    return {
      type: credential.type,
      id: credential.id,
      rawId: text(credential.rawId),
      authenticatorAttachment: credential.authenticatorAttachment,
      response: answer,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  }

  say(error) {
    const { refused, known, offline } = this.problemTarget.dataset;
    this.problemTarget.textContent = error.name === "InvalidStateError" ? known : error.name === "TypeError" ? offline : refused;
    this.problemTarget.hidden = false;
  }
}

function bytes(words) {
  const plain = words.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(plain + "=".repeat((4 - (plain.length % 4)) % 4)), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
