/** Boot module for drivers of the user's. */
import { serveModule } from "./serve.ts";
serveModule();
