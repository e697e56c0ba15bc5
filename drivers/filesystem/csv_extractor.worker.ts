import { serve } from "../../src/worker/serve.ts";
import driver from "./csv_extractor.ts";

serve(driver);
