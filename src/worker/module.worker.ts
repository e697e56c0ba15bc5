/**
 * Boot module for drivers of the user's.
 *
 * It names the author's API and Arquero so that they are in this worker's
 * graph: a driver may then import them without a permission to read them. What
 * is only named, and never called, is not run.
 */
import "./confine_engine.ts"; // before all that may import node:v8
import "../../driver.ts";
import { serveModule } from "./serve.ts";

/** Never called. */
export const offered = {
  arquero: (): Promise<unknown> => import("../../arquero.ts"),
};

serveModule();
