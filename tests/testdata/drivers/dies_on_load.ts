// Ends its thread while its module loads.
(self as unknown as { close(): void }).close();
await new Promise(() => {});
export default {};
