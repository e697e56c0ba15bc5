// Imports code from outside of its folder.
import "../kit/any_code.ts";
export default { spec: {}, run() {} };
