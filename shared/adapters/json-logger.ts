import type { Logger } from '../kernel/ports.ts'

/**
 * Log lines as one JSON object each, which CloudWatch and `jq` both read.
 *
 * @param write  takes a line without its end
 */
export function jsonLogger(write: (line: string) => void): Logger {
  const at = (level: string) => (event: string, fields?: Record<string, unknown>) =>
    write(JSON.stringify({ level, time: new Date().toISOString(), event, ...fields }))
  return { info: at('info'), warn: at('warn'), error: at('error') }
}
