import { expect, it } from 'vitest'
import { LEAGUES, leaguesOn } from '../../../shared/simulator/leagues.ts'

const namesOn = (day: string) => leaguesOn(new Date(`${day}T00:00:00Z`)).map(({ league }) => league.name)

it('plays a season that runs over New Year on both sides of it', () => {
  for (const day of ['2026-09-13', '2026-12-27', '2027-01-10']) expect(namesOn(day)).toContain('NFL')
  for (const day of ['2026-03-01', '2026-08-30']) expect(namesOn(day)).not.toContain('NFL')
})

it('plays a season within a year between its days only', () => {
  expect(namesOn('2026-07-04')).toContain('MLB')
  expect(namesOn('2026-12-12')).not.toContain('MLB')
})

it('leaves out leagues that do not play on that weekday', () => {
  expect(namesOn('2026-11-17')).not.toContain('NFL')
  expect(namesOn('2026-11-17')).toContain('Champions League')
})

it('has tennis on every day of the year', () => {
  expect(LEAGUES.length).toBeGreaterThan(0)
  for (let day = Date.UTC(2028, 0, 1); day <= Date.UTC(2028, 11, 31); day += 86_400_000) {
    expect(leaguesOn(new Date(day)).map(({ league }) => league.sport)).toContain('Tennis')
  }
})
