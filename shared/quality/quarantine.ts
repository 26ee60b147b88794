import type { Rejection } from '../bets/formats/format.ts'

/**
 * What each refused row of a file is known by: layout, reason, text, and its number among equals.
 *
 * A bad row is the same row in every later export, wherever it stands there and whatever the file is called.
 */
export function quarantineKeys(format: string, rejections: readonly Rejection[]): string[] {
  const seen = new Map<string, number>()
  return rejections.map(({ reason, raw }) => {
    const row = JSON.stringify([format, reason, raw])
    const occurrence = (seen.get(row) ?? 0) + 1
    seen.set(row, occurrence)
    return `${occurrence} ${row}`
  })
}
