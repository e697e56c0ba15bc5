// Takes what lies beside it, by a static import.
import secrets from "./beside.txt" with { type: "text" };
export default { spec: { name: secrets }, run() {} };
