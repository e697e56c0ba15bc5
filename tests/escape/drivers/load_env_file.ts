// Loads a .env file into its process.
import process from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => process.loadEnvFile(".env"));
