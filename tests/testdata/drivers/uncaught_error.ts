// Throws outside of any promise that anyone waits for.
export default {
  spec: { name: "uncaught_error" },
  async *run() {
    setTimeout(() => {
      throw new TypeError("thrown in a timer");
    }, 5);
    await new Promise(() => {});
    yield null;
  },
};
