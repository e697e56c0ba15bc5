import { serve } from "../../src/worker/serve.ts";
import driver from "./json_writer.ts";

serve(driver);
