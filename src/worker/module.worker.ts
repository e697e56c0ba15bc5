/**
 * Boot module for drivers of the user's.
 *
 * It imports the author's API so that it is in this worker's graph: a driver
 * may then import it without a permission to read it.
 */
import "../../driver.ts";
import { serveModule } from "./serve.ts";
serveModule();
