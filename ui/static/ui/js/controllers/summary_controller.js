import { Controller } from "../../vendor/stimulus.js";

// What needs another look is read out and reached first.
export default class extends Controller {
  connect() {
    this.element.focus();
  }
}
