// Leaves a rejected promise to itself.
export default {
  spec: { name: "rejected_promise" },
  async *run() {
    Promise.reject(new RangeError("nobody hears me"));
    await new Promise(() => {});
    yield null;
  },
};
