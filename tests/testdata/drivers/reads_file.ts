// Reads a file that nobody allowed.
export default {
  spec: { name: "reads_file" },
  // deno-lint-ignore require-yield
  async *run() {
    await Deno.readTextFile("/etc/passwd");
  },
};
