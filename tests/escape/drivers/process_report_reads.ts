// Reads a report on its process, with all variables.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => JSON.stringify(hidden.process.report.getReport()));
