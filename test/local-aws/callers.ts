import type { Rng } from '../../shared/kernel/random.ts'

/** A bet that a caller asks about. */
export interface AskedBet {
  sport: string
  league: string
  market: string
  institution_name: string
  odds: number
  is_live: boolean
}

/** What came back. */
export interface Answered {
  status: number
  modelVersion: string | null
  functionVersion: string | null
  probability: number | undefined
}

export interface Load {
  url: string
  apiKey: string
  requests: number
  rng: Rng
  /** What every bet has in common. */
  bet?: Partial<AskedBet>
  /** Called after each answer, with how many there have been. */
  onAnswer?: (answered: number) => Promise<void> | void
}

const MARKETS = ['Moneyline', 'Spread', 'Total', 'Player Points'] as const
const LEAGUES = [
  ['Basketball', 'NBA'],
  ['Soccer', 'Premier League'],
  ['American Football', 'NFL'],
  ['Tennis', 'ATP'],
] as const
const BOOKS = ['DraftKings', 'FanDuel', 'Pinnacle'] as const
const ODDS = [-250, -150, -110, 100, 120, 175, 300] as const

/** Callers at once. */
const CALLERS = 4

/** Asks about bets, as callers of the API do. */
export async function callApi(load: Load): Promise<Answered[]> {
  const answers: Answered[] = []
  let asked = 0
  async function caller(): Promise<void> {
    while (asked < load.requests) {
      asked++
      answers.push(await askAbout(load, { ...drawBet(load.rng), ...load.bet }))
      await load.onAnswer?.(answers.length)
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  return answers
}

/** Asks about one bet. */
export async function askAbout({ url, apiKey }: Pick<Load, 'url' | 'apiKey'>, bet: AskedBet): Promise<Answered> {
  const answer = await fetch(`${url}/api/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify(bet),
  })
  const body = (await answer.json().catch(() => ({}))) as { win_probability?: number }
  return {
    status: answer.status,
    modelVersion: answer.headers.get('x-model-version'),
    functionVersion: answer.headers.get('x-function-version'),
    probability: body.win_probability,
  }
}

function drawBet(rng: Rng): AskedBet {
  const [sport, league] = LEAGUES[rng.integer(LEAGUES.length)] ?? LEAGUES[0]
  return {
    ...{ sport, league },
    market: MARKETS[rng.integer(MARKETS.length)] ?? MARKETS[0],
    institution_name: BOOKS[rng.integer(BOOKS.length)] ?? BOOKS[0],
    odds: ODDS[rng.integer(ODDS.length)] ?? ODDS[0],
    is_live: rng.next() < 0.2,
  }
}

/** How many answers are of each value. */
export function countBy(answers: readonly Answered[], key: (answer: Answered) => unknown): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[String(key(answer))] = (counts[String(key(answer))] ?? 0) + 1
  return counts
}

export function failures(answers: readonly Answered[]): number {
  return answers.filter(({ status }) => status !== 200).length
}
