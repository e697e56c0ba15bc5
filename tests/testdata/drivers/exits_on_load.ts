// Tries to end its worker before it is one.
self.close(); // taken away: ends nothing
await new Promise(() => {});
export default {};
