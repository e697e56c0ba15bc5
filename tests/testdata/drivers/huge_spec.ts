// A spec of a kilobyte that stands for a billion values.
let spec: unknown = "x";
for (let i = 0; i < 30; i++) spec = [spec, spec];
export default { spec, run() {} };
