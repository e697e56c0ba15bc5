import { serve } from "../../src/worker/serve.ts";
import driver from "./transform.ts";

serve(driver);
