// Lays its failure at another step's door.
import { OsirisError } from "../../../driver.ts";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  throw new OsirisError("step/failed", "Cannot go on: was here", {
    step: "save",
  });
});
