// Connects to loopback by an address written as a number.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ port }) =>
  fetch(`http://2130706433:${port}/`).then(({ status }) => `answered ${status}`)
);
