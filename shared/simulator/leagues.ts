import type { Weighted } from './choice.ts'

export type Sport = 'American Football' | 'Basketball' | 'Baseball' | 'Tennis' | 'Soccer' | 'Ice Hockey'

/** A competition, and when it is played. */
export interface League extends Weighted {
  sport: Sport
  name: string
  /** First and last day of the season as month · 100 + day; a season may run over New Year. */
  season: readonly [first: number, last: number]
  /** How much is on by day of the week, Sunday first; 1 is a usual day. */
  week: readonly [number, number, number, number, number, number, number]
  /** Hours from the start of an event to its result. */
  hours: readonly [shortest: number, longest: number]
}

const ALL_YEAR = [101, 1231] as const
const DAILY = [1.3, 0.9, 1, 1, 0.9, 1.1, 1.3] as const

/** Where the demo bettor plays; `weight` is the bettor's interest in a usual day of the season. */
export const LEAGUES: readonly League[] = [
  league('American Football', 'NFL', 14, [905, 212], [6, 1.2, 0, 0, 1.2, 0, 0.4], [3, 3.6]),
  league('American Football', 'NCAAFB', 6, [826, 110], [0.1, 0, 0.2, 0.2, 0.4, 0.6, 6], [3.2, 3.9]),
  league('Basketball', 'NBA', 16, [1021, 618], DAILY, [2.2, 2.8]),
  league('Basketball', 'NCAAB', 6, [1104, 407], [0.8, 0.7, 1, 1, 1, 0.6, 2.4], [2, 2.4]),
  league('Basketball', 'WNBA', 2, [515, 1018], [1.4, 0.4, 1, 1, 1, 1, 1.2], [2, 2.4]),
  league('Baseball', 'MLB', 14, [326, 1031], DAILY, [2.5, 3.6]),
  league('Tennis', 'ATP', 4.5, ALL_YEAR, [0.7, 1.2, 1.2, 1.1, 1, 0.9, 0.7], [1.3, 3.8]),
  league('Tennis', 'WTA', 3, ALL_YEAR, [0.7, 1.2, 1.2, 1.1, 1, 0.9, 0.7], [1.2, 2.8]),
  league('Soccer', 'Premier League', 1.6, [815, 524], [2, 0.3, 0.2, 0.4, 0, 0.2, 3], [1.9, 2.1]),
  league('Soccer', 'Champions League', 1.2, [916, 601], [0, 0, 3, 3, 0, 0, 0], [1.9, 2.7]),
  league('Ice Hockey', 'NHL', 2.6, [1007, 620], [0.8, 0.9, 1.4, 0.6, 1.4, 0.7, 1.6], [2.4, 3]),
]

/**
 * How much of a league the bettor plays on a day: interest · weekday, 0 out of season.
 *
 * @param day  the day as midnight in milliseconds since the epoch, in the bettor's local time read as UTC
 */
export function weightOn({ season: [first, last], week, weight }: League, day: Date): number {
  const date = (day.getUTCMonth() + 1) * 100 + day.getUTCDate()
  const isInSeason = first <= last ? date >= first && date <= last : date >= first || date <= last
  return isInSeason ? weight * (week[day.getUTCDay()] ?? 0) : 0
}

/** The leagues played on a day, weighted by {@link weightOn}; never empty, since tennis is played all year. */
export function leaguesOn(day: Date): readonly (Weighted & { league: League })[] {
  return LEAGUES.map((league) => ({ league, weight: weightOn(league, day) })).filter(({ weight }) => weight > 0)
}

function league(
  sport: Sport,
  name: string,
  weight: number,
  season: League['season'],
  week: League['week'],
  hours: League['hours'],
): League {
  return { sport, name, weight, season, week, hours }
}
