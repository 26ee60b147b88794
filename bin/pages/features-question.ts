import * as z from 'zod'
import { predictBodySchema } from '../../functions/prediction/predict-contract.ts'
import type { Placement } from '../../shared/features/groups.ts'
import { DomainError, messageOf } from '../../shared/kernel/errors.ts'
import { decimalFromAmerican } from '../../shared/odds/convert.ts'

/** An instant with its offset from UTC, or a day, which begins at 00:00 UTC. */
const instantSchema = z.union([
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }),
  z.iso.date(),
])

/**
 * Reads a bet from JSON with the fields of `POST /api/v1/predict`.
 *
 * @param placedAtMs  milliseconds since the epoch
 * @throws {DomainError} `invalid_bet`, naming every field that is wrong
 */
export function readQuestion(text: string, placedAtMs: number): Placement {
  const parsed = predictBodySchema.safeParse(parseJson(text))
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(' '))
    const field = parsed.error.issues[0]?.path.join('.')
    throw new DomainError('invalid_bet', `--bet: ${problems.join('; ')}`, field ? { field } : {})
  }
  const { sport, league, market, institution_name, bet_type, is_live, odds } = parsed.data
  return {
    ...{ sport, league, market, book: institution_name, betType: bet_type, isLive: is_live },
    ...{ decimalOdds: decimalFromAmerican(odds), placedAtMs },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DomainError('invalid_bet', `--bet is no JSON: ${messageOf(cause)}`, { cause })
  }
}

/** An instant or a day of UTC in ISO 8601, in milliseconds since the epoch. @throws {DomainError} `invalid_instant` */
export function readInstant(text: string): number {
  const parsed = instantSchema.safeParse(text)
  if (parsed.success) return Date.parse(parsed.data)
  throw new DomainError('invalid_instant', `--at ${text}: an instant such as 2026-01-31T18:00:00Z is needed`)
}
