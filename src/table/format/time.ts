/**
 * Formats columns of times.
 *
 * @module
 */
import type { Column } from "../batch.ts";
import { digitCount, writeNumberBefore } from "../words.ts";
import { BaseFormatter } from "./base.ts";
import { microsAt, secondsAt, writeClock } from "./clock.ts";
import { halvesOf } from "./halves.ts";

/** Writes `[-]HH:MM:SS[.ffffff]`, hours in two digits or more. */
export class TimeFormatter extends BaseFormatter {
  #halves: Int32Array = new Int32Array(0);

  override size(): number {
    return 24;
  }

  override write(row: number, out: Uint8Array, at: number): number {
    let seconds = secondsAt(this.#halves, row);
    let micros = microsAt(this.#halves, row, seconds);
    if (seconds < 0) {
      out[at++] = 45;
      seconds = -seconds;
      if (micros > 0) {
        seconds--;
        micros = 1_000_000 - micros;
      }
    }
    const hours = Math.floor(seconds / 3600);
    const digits = Math.max(2, digitCount(hours));
    writeNumberBefore(hours, digits, out, at + digits);
    out[at + digits] = 58;
    return writeClock(seconds - hours * 3600, micros, out, at + digits + 1);
  }

  protected override exactSize(row: number): number {
    const seconds = secondsAt(this.#halves, row);
    const hasMicros = microsAt(this.#halves, row, seconds) > 0;
    const whole = seconds < 0 ? (hasMicros ? -seconds - 1 : -seconds) : seconds;
    const hours = Math.max(2, digitCount(Math.floor(whole / 3600)));
    return (seconds < 0 ? 1 : 0) + hours + 6 + (hasMicros ? 7 : 0);
  }

  protected override take(column: Column): void {
    this.#halves = halvesOf(column.data);
  }
}
