// Waits for something that never comes; its thread stays free.
export default {
  spec: { name: "waits_for_ever" },
  async *run() {
    await new Promise(() => {});
    yield null;
  },
};
