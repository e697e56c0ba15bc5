import { serve } from "../../src/worker/serve.ts";
import driver from "./extractor.ts";
serve(driver);
