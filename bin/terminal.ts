import { styleText } from 'node:util'
import { SingleBar } from 'cli-progress'
import type { Progress } from '../shared/kernel/ports.ts'

/**
 * Progress on standard error: bars where a person watches, one plain line a task elsewhere, so that standard output
 * carries nothing but the result.
 */
export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return { start: (label, total) => (stream.isTTY ? bar(stream, label, total) : plainLine(stream, label)) }
}

/** Bars still being drawn: their timers would keep the process alive after a failure. */
const openBars = new Set<SingleBar>()

/** Ends the bars of work that failed. */
export function stopOpenBars(): void {
  for (const shown of openBars) shown.stop()
  openBars.clear()
}

function bar(stream: NodeJS.WriteStream, label: string, total: number | undefined): ReturnType<Progress['start']> {
  const begin = performance.now()
  const shown = new SingleBar({
    stream,
    format: `${label.padEnd(34)} ${total === undefined ? '' : '{bar} {percentage} % '}{note}`,
    barsize: 24,
    barCompleteChar: '━',
    barIncompleteChar: '╌',
    hideCursor: true,
    fps: 12,
  })
  shown.start(total ?? 0, 0, { note: '' })
  openBars.add(shown)
  return {
    // Where the end is not known, the count is all there is to show.
    advance: (done, note) => shown.update(done, { note: note ?? (total === undefined ? String(done) : '') }),
    finish: (note) => {
      shown.update(total ?? 0, { note: dim(`${seconds(begin)}${note === undefined ? '' : ` · ${note}`}`) })
      shown.stop()
      openBars.delete(shown)
    },
  }
}

function plainLine(stream: NodeJS.WriteStream, label: string): ReturnType<Progress['start']> {
  const begin = performance.now()
  return {
    advance: () => {},
    finish: (note) => stream.write(`${label}: ${seconds(begin)}${note === undefined ? '' : `, ${note}`}\n`),
  }
}

function seconds(begin: number): string {
  return `${((performance.now() - begin) / 1000).toFixed(1)} s`
}

/** Emphasis where standard output is a terminal that shows it. */
export function bold(text: string): string {
  return process.stdout.isTTY ? styleText('bold', text) : text
}

function dim(text: string): string {
  return process.stderr.isTTY ? styleText('dim', text) : text
}

/** Names come from files: a control character in one must not reach the terminal. */
export function printable(name: string): string {
  return name.replace(/\p{C}/gu, '�')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const EMPHASIS_OR_CONTROL = /(\u001b\[\d{1,3}m)|[^\P{C}\n]/gu

/** The same for a whole text: its line breaks and emphasis stay. */
export function printableText(text: string): string {
  return text.replace(EMPHASIS_OR_CONTROL, (_, emphasis: string | undefined) => emphasis ?? '�')
}

/**
 * Text in columns, widths from the longest cell.
 *
 * @param textColumns  how many columns are left-aligned; the others, of numbers, right
 */
export function table(rows: readonly (readonly string[])[], textColumns = 1): string {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)))
  return rows
    .map((row) => {
      const cells = row.map((cell, c) =>
        c < textColumns ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0),
      )
      return cells.join('  ').trimEnd()
    })
    .join('\n')
}
