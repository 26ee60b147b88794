import * as z from 'zod'

/** A name that must be there: sport, market, book. Spaces around it do not count. */
export function requiredName(description: string, example: string) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? 'is required' : 'must be text') })
    .trim()
    .min(1, { error: 'must not be empty' })
    .max(200, { error: 'is longer than 200 characters' })
    .meta({ description, example })
}
