import { serve } from "../../src/worker/serve.ts";
import driver from "./json_extractor.ts";

serve(driver);
