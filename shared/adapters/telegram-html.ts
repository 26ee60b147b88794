import type { AlertMessage } from '../alerts/message.ts'
import { headingOf } from '../alerts/message.ts'

/** UTF-16 units of a message's text, as it is shown. @see Telegram, "Bot API", sendMessage */
const MOST_UNITS = 4096

const LONGEST_HEADING = 500

const MARKS: Readonly<Record<AlertMessage['severity'], string>> = {
  critical: '🔴',
  warning: '🟠',
  notice: '🔵',
  info: '⚪',
}

/**
 * A message in Telegram's HTML: the heading bold, a line each for the rest.
 *
 * Texts are cut before they are escaped, so that neither a tag nor an entity is ever cut in its midst.
 *
 * @see Telegram, "Bot API", HTML style
 */
export function telegramHtml(message: AlertMessage): string {
  const { kind, severity, content } = message
  const heading = cut(`${kind === 'resolved' ? '✅' : MARKS[severity]} ${headingOf(message)}`, LONGEST_HEADING)
  const rest = [...content.lines, ...(content.link === null ? [] : [content.link])].join('\n')
  const shown = rest === '' ? '' : `\n${cutAtLine(rest, MOST_UNITS - heading.length - 1)}`
  return `<b>${escaped(heading)}</b>${escaped(shown)}`
}

/** Whole lines, where there are any that fit, and a line that says that more are missing. */
function cutAtLine(text: string, units: number): string {
  if (text.length <= units) return text
  const end = text.lastIndexOf('\n', units - 2)
  return end > 0 ? `${text.slice(0, end)}\n…` : cut(text, units)
}

/** The beginning of a text that has so many units at most, without half a character at its end. */
function cut(text: string, units: number): string {
  if (text.length <= units) return text
  return `${text.slice(0, units - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
