/** Attempts on memory, time and room. @module */
import { all, type Attempt, type Threat } from "../attempt.ts";

const SOON = { deadlines: { heartbeat: "700ms", idle: "3s" } };

/** Saying too much. */
export const floods: Threat = {
  title: "flood the host",
  remote: "as here",
  attempts: [
    // On a busy machine 64 MB take longer than the others may be idle.
    ...all("driver/flooded", "log_flood", "console_flood").map((one) => ({
      ...one,
      options: { deadlines: { idle: "30s" } },
    })),
    {
      name: "progress_flood",
      worker: "driver/flooded",
      process: "driver/flooded",
      isAlone: true,
    },
    ...all(
      "driver/protocol",
      "event_at_length",
      "event_in_a_circle",
      "event_that_repeats",
      "state_at_length",
      "state_of_digits",
      "names_that_repeat",
    ),
    ...all("driver/permission", "fetch_flood"),
    ...all("step/failed", "event_in_depth"),
    ...all("harmless", "log_at_length"),
  ],
};

const alone = (
  names: readonly string[],
  outcomes: Pick<Attempt, "worker" | "process">,
  options: object,
): Attempt[] =>
  names.map((name) => ({ name, ...outcomes, options, isAlone: true }));

/** Taking all there is. */
export const resources: Threat = {
  title: "take all time or memory",
  remote: "of the other machine",
  attempts: [
    ...alone(
      ["busy_loop", "atomics_wait", "microtasks", "slow_pattern"],
      { worker: "driver/hung", process: "driver/hung" },
      SOON,
    ),
    ...alone(["fill_heap"], { worker: "dies", process: "driver/memory" }, {
      limits: { memory_mb: 300 },
      deadlines: { idle: "60s" },
    }),
    ...alone(["fill_buffers", "fill_wasm"], {
      worker: "open",
      process: "driver/memory",
    }, { limits: { memory_mb: 300 } }),
    {
      name: "open_timers",
      worker: "step/timeout",
      process: "step/timeout",
      options: { deadlines: { idle: "3s" } },
    },
    ...all("step/failed", "fork_workers", "long_string"),
  ],
};
