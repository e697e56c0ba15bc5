// Takes over a terminal by its number.
import { WriteStream } from "node:tty";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => new WriteStream(1).write("was here") && "written");
