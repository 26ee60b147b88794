/**
 * A CSV record (RFC 4180) of these cells, without a line end: quotes stand only where a cell needs them.
 *
 * @example csvLine(['a', 'b, c', 'd "e"']) // 'a,"b, c","d ""e"""'
 */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
}
