// The same preview as on the pages of leads, in the admin.
import { Application } from "../ui/vendor/stimulus.js";
import TryoutController from "../ui/js/controllers/tryout_controller.js";

Application.start().register("tryout", TryoutController);
