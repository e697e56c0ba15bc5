/**
 * Words for what the file system refuses.
 *
 * @module
 */
import { type ErrorCode, OsirisError } from "../error.ts";

/** Turns a failure of the file system into an error with its own code and hint. */
export function fileError(
  thrown: unknown,
  action: "read" | "write" | "remove",
  path: string,
): OsirisError {
  if (thrown instanceof OsirisError) return thrown;
  const { code, state, hint } = explain(thrown, action);
  return new OsirisError(code, `Cannot ${action} file "${path}": ${state}`, {
    cause: thrown,
    ...(hint && { hint }),
    details: { path },
  });
}

interface Explanation {
  readonly code: ErrorCode;
  readonly state: string;
  readonly hint?: string;
}

function explain(
  thrown: unknown,
  action: "read" | "write" | "remove",
): Explanation {
  const errno = (thrown as { code?: string } | null)?.code;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (thrown instanceof Deno.errors.NotCapable) {
    return {
      code: "permission/missing",
      state: text,
      hint: "Run `osiris plan` for the command line that suffices",
    };
  }
  if (errno === "ENOSPC" || errno === "EDQUOT" || /os error 28\b/.test(text)) {
    return {
      code: "file/disk-full",
      state: "the disk is full",
      hint: "Free space or write elsewhere; what was there before is untouched",
    };
  }
  if (thrown instanceof Deno.errors.NotFound) {
    return action === "read"
      ? {
        code: "file/not-found",
        state: "there is no such file",
        hint: "Check the path; it counts from the working directory of the run",
      }
      : {
        code: "file/no-folder",
        state: "its folder does not exist",
        hint: "Make the folder, or set create_dirs: true",
      };
  }
  if (
    thrown instanceof Deno.errors.PermissionDenied || errno === "EROFS"
  ) {
    return {
      code: action === "read" ? "file/not-readable" : "file/not-writable",
      state: "the operating system refuses it",
      hint: "Check the owner and mode of the file and its folder",
    };
  }
  if (
    thrown instanceof Deno.errors.IsADirectory ||
    thrown instanceof Deno.errors.NotADirectory
  ) {
    return {
      code: "file/not-a-file",
      state: "it or its folder is of another kind",
    };
  }
  return { code: "file/failed", state: text };
}
