import * as z from 'zod'

export const LONGEST_NAME = 200
/** A control character, or half a character. */
export const CONTROL_OR_BROKEN = /[\p{Cc}\p{Cs}]/u

/**
 * A name that must be there: sport, market, book. Spaces around it do not count; control characters and halves of
 * characters are refused.
 *
 * Its rules are one check: zod takes longer to call one than each of them takes.
 */
export function nameField(description: string, example: string) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be text') })
    .trim()
    .check(({ value, issues }) => {
      const message = whatIsWrong(value)
      if (message !== undefined) issues.push({ code: 'custom', input: value, message })
    })
    .meta({ description, example, minLength: 1, maxLength: LONGEST_NAME })
}

function whatIsWrong(name: string): string | undefined {
  if (name === '') return 'must not be empty'
  if (name.length > LONGEST_NAME) return `is longer than ${LONGEST_NAME} characters`
  return CONTROL_OR_BROKEN.test(name) ? 'must not hold control characters' : undefined
}
