/** Characters of a name in a message. */
export const LONGEST_NAME = 120
/** Characters of a sentence in a message. */
export const LONGEST_LINE = 400

/** Controls, and the marks that turn the direction of what follows them. */
const UNRULY = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]+/gu

/**
 * Text from outside as one line of a message: no line breaks, no controls, no half of a character, nothing that turns the
 * direction of what follows, and of bounded length. Letters of every script and emoji stay.
 *
 * @param most  graphemes at most; what is cut ends in an ellipsis
 * @example plainText('Tor\nA', 10) // 'Tor A'
 */
export function plainText(text: string, most: number = LONGEST_LINE): string {
  if (text.length <= most && PLAIN.test(text)) return text
  // Names may be long beyond reason: what is certainly cut off is not looked at. A grapheme may have many code units.
  const within = text.slice(0, most * 20).toWellFormed()
  const line = within.replace(UNRULY, ' ').replace(/\s+/gu, ' ').trim()
  return cutGraphemes(line, most)
}

/** What stays as it is: printable ASCII without spaces at its ends or two in a row. */
const PLAIN = /^(?! )(?!.* {2})[ -~]*(?<! )$/

/** A name in a message. */
export function plainName(text: string): string {
  return plainText(text, LONGEST_NAME)
}

/** Marks that may be stacked on one character; readable text has at most a handful. */
const LONGEST_GRAPHEME = 32

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' })

function cutGraphemes(line: string, most: number): string {
  let cut = ''
  let count = 0
  for (const { segment } of SEGMENTER.segment(line)) {
    if (count === most) return `${cut.trimEnd()}…`
    cut += segment.length > LONGEST_GRAPHEME ? '�' : segment
    count += 1
  }
  return cut
}
