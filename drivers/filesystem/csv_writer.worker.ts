import { serve } from "../../src/worker/serve.ts";
import driver from "./csv_writer.ts";

serve(driver);
