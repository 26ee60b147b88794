import type { Bet } from '../../shared/bets/bet.ts'
import { simulateLedger } from '../../shared/simulator/ledger.ts'
import { MODELS_MADE_MS } from './models.ts'

const COUNT = 1500

/** 1,500 simulated bets up to 1 June 2025, in the ids and origin of a bettor's own. */
export function simulatedLedger(edges: Parameters<typeof simulateLedger>[0]['edges'] = []): Bet[] {
  const bets = simulateLedger({ seed: 2, count: COUNT, endsAtMs: MODELS_MADE_MS, edges })
  return bets.map((bet) => ({ ...bet, origin: 'import' as const }))
}

/** A ledger in which one segment wins far more often than its price says: trees find it. */
export function ledgerWithEdge(): Bet[] {
  return simulatedLedger([{ where: { sport: 'Basketball' }, probabilityShift: 0.2 }])
}

/** The same edge, turned into its opposite for the latest fifth of the bets: what was learned is wrong there. */
export function ledgerWhoseEdgeTurns(): Bet[] {
  const turnsAtMs = simulatedLedger()[COUNT * 0.8 - 1]?.placedAtMs ?? Number.NaN
  return simulatedLedger([
    { where: { sport: 'Basketball', placedBeforeMs: turnsAtMs }, probabilityShift: 0.2 },
    { where: { sport: 'Basketball', placedFromMs: turnsAtMs }, probabilityShift: -0.2 },
  ])
}
