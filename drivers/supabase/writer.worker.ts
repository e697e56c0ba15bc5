import { serve } from "../../src/worker/serve.ts";
import driver from "./writer.ts";
serve(driver);
