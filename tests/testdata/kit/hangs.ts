// Hangs for ever, for tests of the harness.
Deno.test("hangs", async () => {
  const timer = setInterval(() => {}, 1000);
  await new Promise(() => {});
  clearInterval(timer);
});
