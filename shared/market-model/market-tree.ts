import type { Bet } from '../bets/bet.ts'
import type { NodeNames } from './market-names.ts'
import { lineageOf, nodeKey } from './market-names.ts'

/** The markets of a ledger under their sports: nodes in an order in which parents come before their children. */
export interface MarketTree {
  names: NodeNames[]
  /** Position of each node's parent; −1 for the ledger, which is node 0. */
  parents: number[]
  byKey: Map<string, number>
}

export function createMarketTree(): MarketTree {
  const root: NodeNames = { level: 'ledger' }
  return { names: [root], parents: [-1], byKey: new Map([[nodeKey(root), 0]]) }
}

/**
 * Node that a bet's result is counted at, made where it is not there yet: the narrowest that its names reach. A bet
 * without a sport is the ledger's own, one without a market its sport's.
 */
export function enterBet(
  tree: MarketTree,
  { sport, league, market }: Pick<Bet, 'sport' | 'league' | 'market'>,
): number {
  if (sport === null) return 0
  if (market === null) return enterNode(tree, { level: 'sport', sport }, 0)
  const [leaf, middle, top] = lineageOf({ sport, league, market })
  return [top, middle, leaf].reduce((parent, names) => (names ? enterNode(tree, names, parent) : parent), 0)
}

function enterNode(tree: MarketTree, names: NodeNames, parent: number): number {
  const key = nodeKey(names)
  const known = tree.byKey.get(key)
  if (known !== undefined) return known
  const node = tree.names.length
  tree.names.push(names)
  tree.parents.push(parent)
  tree.byKey.set(key, node)
  return node
}
