import { createIsoWriter } from '../kernel/iso-time.ts'
import type { Logger } from '../kernel/ports.ts'

/**
 * Log lines as one JSON object each, which CloudWatch and `jq` both read.
 *
 * @param write  takes a line without its end
 */
export function jsonLogger(write: (line: string) => void): Logger {
  const timeOf = createIsoWriter()
  const at =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}) => {
      const head = `{"level":"${level}","time":"${timeOf(Date.now())}","event":${JSON.stringify(event)}`
      // Joined as texts: to copy the fields into one object takes as long as to write them.
      const rest = JSON.stringify(fields).slice(1)
      write(rest === '}' ? `${head}}` : `${head},${rest}`)
    }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}
