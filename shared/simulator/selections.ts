import type { Rng } from '../kernel/random.ts'
import { pickEvenly } from './choice.ts'
import type { League } from './leagues.ts'
import type { Market } from './markets.ts'

/** Towns without a team in any league, for teams that nobody can mistake for real ones. */
const TEAMS = [
  ...['Ashcombe', 'Birchport', 'Calder Bay', 'Dunmere', 'Eastmoor', 'Fernhollow', 'Graymouth', 'Highfield'],
  ...['Ironbridge', 'Juniper Falls', 'Kestrel Point', 'Larkspur', 'Millhaven', 'Northwick', 'Oakhurst', 'Pinecrest'],
  ...['Quarry Hill', 'Ridgeport', 'Saltmarsh', 'Thornbury', 'Umberfield', 'Vinehall', 'Westermere', 'Yarrow Creek'],
]

const INITIALS = [...'ABCDEFGHJKLMNPRSTW']
const SURNAMES = [
  ...['Alderton', 'Brackley', 'Corvane', 'Dellmar', 'Estwick', 'Farrowby', 'Gantley', 'Harcastle', 'Isenmoor'],
  ...['Jessamy', 'Kildray', 'Lowther', 'Marrable', 'Nethercot', 'Orrindale', 'Pellworth', 'Quillan', 'Rosthwaite'],
]

/** What was bet on, in words, with the line if there is one. */
export interface Selection {
  text: string
  /** Probability that the result ties with the line; 0 where it cannot. */
  tieProbability: number
}

/**
 * Draws a side of a market.
 *
 * @param canTie  false for the leg of a parlay, whose lines are all half numbers
 */
export function drawSelection(rng: Rng, league: League, market: Market, canTie: boolean): Selection {
  const { line } = market
  if (line === null) return { text: `${drawName(rng, league, market)} ${market.unit}`, tieProbability: 0 }
  const [low, high] = line.range
  const whole = low + rng.integer(high - low + 1)
  const isWhole = rng.next() < line.wholeShare && canTie && whole > 0
  const text = lineText(rng, league, market, isWhole ? whole : whole + 0.5)
  return { text, tieProbability: isWhole ? line.tieProbability : 0 }
}

function lineText(rng: Rng, league: League, market: Market, line: number): string {
  const name = drawName(rng, league, market)
  if (market.kind === 'spread') return `${name} ${rng.next() < 0.5 ? '+' : '-'}${line} ${market.unit}`
  const side = rng.next() < 0.6 ? 'over' : 'under'
  if (market.kind === 'player') return `${name} ${side} ${line} ${market.unit}`
  return `${name} v ${drawName(rng, league, market, name)}: ${side} ${line} ${market.unit}`
}

/** A team or a player, whoever the market is about; not `except`. */
function drawName(rng: Rng, league: League, market: Market, except?: string): string {
  const isPerson = market.kind === 'player' || league.sport === 'Tennis'
  for (;;) {
    const name = isPerson ? `${pickEvenly(rng, INITIALS)}. ${pickEvenly(rng, SURNAMES)}` : pickEvenly(rng, TEAMS)
    if (name !== except) return name
  }
}
