import type { Weighted } from './choice.ts'
import type { Sport } from './leagues.ts'

/** What a bet can be on, and how such bets are priced. */
export interface Market extends Weighted {
  name: string
  kind: 'winner' | 'spread' | 'total' | 'player' | 'future'
  /** Implied probability in the middle of the market's prices, in (0, 1). */
  typicalImplied: number
  /** Standard deviation of the prices around it, in log-odds. */
  priceSpread: number
  /** Share quoted at exactly −110, in [0, 1]. */
  standardShare: number
  /** Overround of the two sides: booksum − 1. */
  margin: number
  /** The number to beat; null where there is none. */
  line: Line | null
  /** What a line counts: "points"; or what a player must do where there is no line. */
  unit: string
}

/** Lines lie on whole and half numbers; only a whole one can tie. */
export interface Line {
  range: readonly [low: number, high: number]
  /** Share of lines that are whole numbers, in [0, 1]. */
  wholeShare: number
  /** Probability of a tie with a whole line, in [0, 1). */
  tieProbability: number
}

/** Markets by sport; `weight` is the bettor's liking. A player's market comes at a higher margin than a game's. */
export const MARKETS: Readonly<Record<Sport, readonly Market[]>> = {
  'American Football': [
    spread('Spread', 22, [1, 14], 'points'),
    total('Total Points', 22, [37, 53], 'points'),
    winner('Moneyline', 12, 0.45, 0.75),
    total('1st Half Total', 7, [19, 27], 'points'),
    player('Player Receiving Yards', 12, [25, 95], 'receiving yards'),
    player('Player Rushing Yards', 8, [30, 90], 'rushing yards'),
    player('Player Receptions', 7, [2, 7], 'receptions'),
    yesNo('Anytime Touchdown', 8, 0.36, 0.45, 'to score a touchdown'),
    future(2),
  ],
  Basketball: [
    total('Total Points', 20, [140, 236], 'points'),
    spread('Spread', 17, [1, 13], 'points'),
    winner('Moneyline', 9, 0.43, 0.7),
    total('1st Half Total', 9, [66, 118], 'points'),
    player('Player Points', 14, [9, 29], 'points'),
    player('Player Rebounds', 10, [3, 11], 'rebounds'),
    player('Player Assists', 8, [2, 9], 'assists'),
    player('Player 3-Pointers', 5, [1, 4], 'three-pointers'),
    future(1),
  ],
  Baseball: [
    winner('Moneyline', 24, 0.49, 0.5),
    total('Total Runs', 16, [7, 10], 'runs'),
    spread('Run Line', 7, [1, 1], 'runs', 0),
    total('1st 5 Innings Total', 9, [4, 5], 'runs'),
    player('Pitcher Strikeouts', 18, [3, 8], 'strikeouts'),
    player('Player Total Bases', 8, [1, 2], 'total bases', 0),
    yesNo('Player Home Runs', 11, 0.19, 0.3, 'to hit a home run'),
    future(1),
  ],
  Tennis: [
    winner('Moneyline', 40, 0.5, 0.75),
    winner('1st Set Winner', 13, 0.5, 0.6),
    total('Total Games', 20, [20, 38], 'games'),
    spread('Spread', 17, [2, 6], 'games'),
    future(1),
  ],
  Soccer: [
    winner('Match Result', 34, 0.42, 0.7),
    total('Total Goals', 30, [2, 3], 'goals', 0.35),
    spread('Spread', 12, [0, 2], 'goals', 0.35),
    yesNo('Anytime Goalscorer', 14, 0.28, 0.4, 'to score'),
    future(2),
  ],
  'Ice Hockey': [
    winner('Moneyline', 30, 0.5, 0.45),
    total('Total Goals', 26, [5, 6], 'goals'),
    spread('Puck Line', 12, [1, 1], 'goals', 0),
    player('Player Shots', 18, [2, 4], 'shots'),
    future(1),
  ],
}

function spread(name: string, weight: number, range: Line['range'], unit: string, wholeShare = 0.55): Market {
  // A line that cannot move (one and a half runs) is balanced by its price instead.
  const isFixed = wholeShare === 0
  return {
    ...{ name, weight, unit, kind: 'spread', margin: 0.04, typicalImplied: isFixed ? 0.48 : 0.522 },
    ...{ priceSpread: isFixed ? 0.4 : 0.09, standardShare: isFixed ? 0 : 0.42 },
    line: { range, wholeShare, tieProbability: 0.08 },
  }
}

function total(name: string, weight: number, range: Line['range'], unit: string, wholeShare = 0.55): Market {
  return { ...spread(name, weight, range, unit, wholeShare), kind: 'total' }
}

function player(name: string, weight: number, range: Line['range'], unit: string, wholeShare = 0.1): Market {
  return {
    ...{ name, weight, unit, kind: 'player', margin: 0.052, typicalImplied: 0.512, priceSpread: 0.14 },
    ...{ standardShare: 0.15, line: { range, wholeShare, tieProbability: 0.1 } },
  }
}

function winner(name: string, weight: number, typicalImplied: number, priceSpread: number): Market {
  return {
    ...{ name, weight, typicalImplied, priceSpread, kind: 'winner', margin: 0.038 },
    ...{ standardShare: 0, line: null, unit: 'to win' },
  }
}

function yesNo(name: string, weight: number, typicalImplied: number, priceSpread: number, unit: string): Market {
  return { ...winner(name, weight, typicalImplied, priceSpread), kind: 'player', margin: 0.14, unit }
}

function future(weight: number): Market {
  return { ...winner('Championship Winner', weight, 0.09, 0.6), kind: 'future', margin: 0.25, unit: 'to win it all' }
}
