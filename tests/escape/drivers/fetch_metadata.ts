// Asks for the credentials of a machine in a cloud.
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  fetch("http://169.254.169.254/latest/meta-data/").then((answer) =>
    answer.text()
  )
);
