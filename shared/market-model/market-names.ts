import * as z from 'zod'

/** A market as bets name it. A null league is a league of its own: what the source does not say. */
export interface MarketNames {
  sport: string
  league: string | null
  market: string
}

/**
 * Levels at which a record is kept, widest first. A market is one kind of bet in one league; what is not known of it is
 * taken from the same kind of bet in the sport, then from the sport, then from the whole ledger.
 */
export const LEVELS = ['ledger', 'sport', 'sport_market', 'market'] as const
export type Level = (typeof LEVELS)[number]

/** Names of a node of the tree of markets; what its level does not name is left out. */
export const nodeNamesSchema = z.discriminatedUnion('level', [
  z.object({ level: z.literal('ledger') }),
  z.object({ level: z.literal('sport'), sport: z.string() }),
  z.object({ level: z.literal('sport_market'), sport: z.string(), market: z.string() }),
  z.object({ level: z.literal('market'), sport: z.string(), league: z.string().nullable(), market: z.string() }),
])

export type NodeNames = z.infer<typeof nodeNamesSchema>

/** A text that tells nodes apart whatever is in their names: a JSON array, so that slashes and bars are no separators. */
export function nodeKey(names: NodeNames): string {
  switch (names.level) {
    case 'ledger':
      return '["ledger"]'
    case 'sport':
      return JSON.stringify(['sport', names.sport])
    case 'sport_market':
      return JSON.stringify(['sport_market', names.sport, names.market])
    case 'market':
      return JSON.stringify(['market', names.sport, names.league, names.market])
    default:
      return names satisfies never
  }
}

/** The nodes that a market lies under, from itself to the whole ledger. */
export function lineageOf({ sport, league, market }: MarketNames): readonly NodeNames[] {
  return [
    { level: 'market', sport, league, market },
    { level: 'sport_market', sport, market },
    { level: 'sport', sport },
    { level: 'ledger' },
  ]
}
