import { Application } from "../vendor/stimulus.js";
import ActivityController from "./controllers/activity_controller.js";
import CopyController from "./controllers/copy_controller.js";
import DropController from "./controllers/drop_controller.js";
import LeaveController from "./controllers/leave_controller.js";
import PlayerController from "./controllers/player_controller.js";
import SummaryController from "./controllers/summary_controller.js";
import TermController from "./controllers/term_controller.js";
import WebauthnController from "./controllers/webauthn_controller.js";

const application = Application.start();
application.register("activity", ActivityController);
application.register("copy", CopyController);
application.register("drop", DropController);
application.register("leave", LeaveController);
application.register("player", PlayerController);
application.register("summary", SummaryController);
application.register("term", TermController);
application.register("webauthn", WebauthnController);
