// Throws from run.
export default {
  spec: { name: "fails" },
  // deno-lint-ignore require-yield
  async *run() {
    throw new Error("cannot go on");
  },
};
