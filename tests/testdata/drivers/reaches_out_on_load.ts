// Calls home before anyone granted it anything.
await fetch("http://127.0.0.1:8099/");
export default { spec: {}, run() {} };
