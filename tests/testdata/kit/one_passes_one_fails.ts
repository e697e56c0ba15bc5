// A test file for the harness to run: one test passes, one fails, one is not run.

Deno.test("passes", () => {});
Deno.test("fails", () => {
  throw new Error("meant to fail");
});
Deno.test.ignore("is not run", () => {});
