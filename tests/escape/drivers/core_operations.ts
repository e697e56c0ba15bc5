// Calls operations of the runtime below Deno.
import { attempt, hidden, NOTHING } from "./kit/attempt.ts";

export default attempt(({ secret }) => {
  const core = hidden.Deno[hidden.Deno.internal]?.core ??
    hidden.__bootstrap?.core;
  if (!core) return NOTHING;
  const { op_fs_read_file_text_sync: read } = core.ops;
  return read ? read(secret, false) : NOTHING;
});
