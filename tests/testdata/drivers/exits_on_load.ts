// Ends its worker before it is one.
self.close();
await new Promise(() => {});
export default {};
