// Says that it gave more rows than it did.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (this: MessagePort, message) {
    if (message?.t === "end") message.count = 1e9;
    return post.call(this, message);
  };
  return NOTHING;
});
