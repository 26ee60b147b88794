import type { Logger } from '../../shared/kernel/ports.ts'

interface LogLine {
  level: 'info' | 'warn' | 'error'
  event: string
  fields: Record<string, unknown>
}

/** A logger that remembers its lines. */
export function memoryLogger(): Logger & { lines: LogLine[]; of(event: string): LogLine[] } {
  const lines: LogLine[] = []
  const at =
    (level: LogLine['level']) =>
    (event: string, fields: Record<string, unknown> = {}) => {
      lines.push({ level, event, fields })
    }
  return {
    lines,
    of: (event) => lines.filter((line) => line.event === event),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
}
