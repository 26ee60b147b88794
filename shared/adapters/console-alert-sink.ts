import type { AlertSink } from '../alerts/alert-sink.ts'
import { headingOf } from '../alerts/message.ts'

/**
 * An {@link AlertSink} of lines of text, one a message, for whoever watches.
 *
 * @param write  takes a line without its end
 */
export function consoleAlertSink(write: (line: string) => void): AlertSink {
  return {
    name: 'console',
    async send(message) {
      const { severity, content, atMs } = message
      const link = content.link === null ? [] : [content.link]
      const text = [headingOf(message), ...content.lines, ...link].join(' | ')
      write(`${new Date(atMs).toISOString()} ${severity.toUpperCase()} ${text}`)
      return 'sent'
    },
  }
}
