import type { Rejection } from '../bets/formats/format.ts'

/**
 * Each refused row of a file with what it is known by: layout, reason, text, and its number among equals.
 *
 * A bad row is the same row in every later export, wherever it stands there and whatever the file is called.
 */
export function keyRejections(
  format: string,
  rejections: readonly Rejection[],
): { key: string; rejection: Rejection }[] {
  const seen = new Map<string, number>()
  return rejections.map((rejection) => {
    const row = JSON.stringify([format, rejection.reason, rejection.raw])
    const occurrence = (seen.get(row) ?? 0) + 1
    seen.set(row, occurrence)
    return { key: `${occurrence} ${row}`, rejection }
  })
}
