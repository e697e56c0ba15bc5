Deno.test("never published", () => {});
