import type { Rng } from '../kernel/random.ts'
import { between, pickEvenly, pickWeighted, type Weighted } from './choice.ts'
import { LEAGUES, type League, leaguesOn, weightOn } from './leagues.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** The bettor lives at UTC − 5 all year: one fixed offset, so that no machine's time zone database matters. */
const LOCAL_OFFSET_MS = -5 * HOUR_MS

/** Bets placed in one sitting, minutes apart. */
export interface Session {
  /** Instants of the bets, ascending. */
  placedAtMs: readonly number[]
  /** The league that most bets of the sitting are on. */
  main: League
  /** All leagues played that day. */
  onOffer: readonly (Weighted & { league: League })[]
}

interface PlayedDay extends Weighted {
  day: Date
}

/** More than any day weighs: all leagues in season at once, each on its best day. */
const HEAVIEST_DAY = LEAGUES.reduce((sum, league) => sum + league.weight * Math.max(...league.week), 0)

/** How many bets a sitting has; the mean is about four. */
const SESSION_SIZES = [
  { size: 1, weight: 18 },
  { size: 2, weight: 20 },
  { size: 3, weight: 18 },
  { size: 4, weight: 14 },
  { size: 6, weight: 16 },
  { size: 9, weight: 9 },
  { size: 14, weight: 5 },
]

/** Most bets of the sitting that a ledger ends with. */
const LAST_SESSION_SIZE = 8

/**
 * The sittings of a ledger over the two to three years before an instant, in order of time.
 *
 * Days are picked by how much is played on them, so seasons and weekends show. The last sitting ends in the hour before
 * `endsAtMs`, so that a ledger ends with bets whose events are still to come; all others are on earlier local days.
 *
 * @param count  number of bets over all sittings, ≥ 0
 */
export function drawSessions(rng: Rng, count: number, endsAtMs: number): Session[] {
  const days = playedDays(endsAtMs, Math.round(between(rng, 2, 3) * 365))
  const lastSize = Math.min(count, LAST_SESSION_SIZE)
  const sessions = lastSize > 0 ? [lastSession(rng, lastSize, endsAtMs)] : []
  for (let left = count - lastSize; left > 0; ) {
    const size = Math.min(left, pickWeighted(rng, SESSION_SIZES).size)
    left -= size
    sessions.push(sessionOn(rng, size, pickDay(rng, days)))
  }
  return sessions.sort((a, b) => (a.placedAtMs[0] as number) - (b.placedAtMs[0] as number))
}

/** A day in proportion to its weight, by rejection: a scan over a thousand days per sitting would take longer. */
function pickDay(rng: Rng, days: readonly PlayedDay[]): Date {
  for (;;) {
    const { day, weight } = pickEvenly(rng, days)
    if (between(rng, 0, HEAVIEST_DAY) < weight) return day
  }
}

/** The `nDays` local days before the one that `endsAtMs` falls on. */
function playedDays(endsAtMs: number, nDays: number): PlayedDay[] {
  const endDayMs = localDay(endsAtMs).getTime()
  return Array.from({ length: nDays }, (_, i) => {
    const day = new Date(endDayMs - (nDays - i) * DAY_MS)
    return { day, weight: LEAGUES.reduce((sum, league) => sum + weightOn(league, day), 0) }
  })
}

/** Evenings on working days, from late morning at weekends; over before midnight. */
function sessionOn(rng: Rng, size: number, day: Date): Session {
  const isWeekend = day.getUTCDay() === 0 || day.getUTCDay() === 6
  const localHour = isWeekend ? between(rng, 10.5, 21.5) : between(rng, 16.5, 22)
  const firstMs = day.getTime() - LOCAL_OFFSET_MS + Math.floor(localHour * HOUR_MS)
  return { placedAtMs: drawInstants(rng, size, firstMs), ...drawLeagues(rng, day) }
}

function lastSession(rng: Rng, size: number, endsAtMs: number): Session {
  const instants = drawInstants(rng, size, 0)
  const shiftMs = endsAtMs - Math.floor(between(rng, 2, 60) * MINUTE_MS) - (instants.at(-1) ?? 0)
  return { placedAtMs: instants.map((ms) => ms + shiftMs), ...drawLeagues(rng, localDay(endsAtMs)) }
}

/** `size` instants from `firstMs` on, ten seconds to five minutes apart. */
function drawInstants(rng: Rng, size: number, firstMs: number): number[] {
  let ms = firstMs
  return Array.from({ length: size }, (_, i) => {
    if (i > 0) ms += 10_000 + Math.floor(rng.next() ** 2 * 290_000)
    return ms
  })
}

function drawLeagues(rng: Rng, day: Date): Pick<Session, 'main' | 'onOffer'> {
  const onOffer = leaguesOn(day)
  return { onOffer, main: pickWeighted(rng, onOffer).league }
}

/** Midnight of the local day of an instant, as a `Date` whose UTC fields read local. */
function localDay(instantMs: number): Date {
  return new Date(Math.floor((instantMs + LOCAL_OFFSET_MS) / DAY_MS) * DAY_MS)
}
