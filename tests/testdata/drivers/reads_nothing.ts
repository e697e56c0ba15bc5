// Claims success without reading its input.
export default {
  spec: { name: "reads_nothing" },
  run() {
    return Promise.resolve({ rowsWritten: 0 });
  },
};
