import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { DomainError } from '../../shared/kernel/errors.ts'
import type { MarketForecast } from '../../shared/market-model/forecast-market.ts'
import { marketForecaster } from '../../shared/market-model/forecast-market.ts'
import type { MarketNames } from '../../shared/market-model/market-names.ts'
import type { MarketsModel } from '../../shared/market-model/markets-model.ts'
import { readMarkets } from '../../shared/usecases/train-markets.ts'
import { table } from '../terminal.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

interface MarketsFlags extends WorkspaceFlags {
  sport?: string
  league?: string
  market?: string
  top: number
}

/** A market with what is expected of its next bets. */
interface MarketOutlook {
  names: MarketNames
  forecast: MarketForecast
}

export function marketsCommand(): Command {
  return workspaceCommand('markets', 'What the next 30 bets of each market are expected to do, the best first.')
    .option('--sport <name>', 'markets of this sport')
    .option('--league <name>', 'markets of this league')
    .option('--market <name>', 'markets of this name')
    .option('--top <number>', 'how many to show', parseTop, 20)
    .action((flags: MarketsFlags) =>
      withWorkspace(flags, async ({ objects }) => {
        const model = await readMarkets(objects)
        if (model === undefined) throw new DomainError('no_model', 'no market has been learned yet: closeline train')
        const found = outlooks(model).filter(({ names }) => isAskedFor(names, flags))
        print(flags, { basis: model.basis, asOfMs: model.asOfMs, markets: found }, () =>
          textOf(model, found, flags.top),
        )
      }),
    )
}

function outlooks(model: MarketsModel): MarketOutlook[] {
  const forecastOf = marketForecaster(model)
  return model.nodes
    .flatMap(({ names }) => {
      if (names.level !== 'market') return []
      const answer = forecastOf(names)
      return answer.status === 'forecast' ? [{ names, forecast: answer }] : []
    })
    .sort((a, b) => b.forecast.score - a.forecast.score || b.forecast.historicalBets - a.forecast.historicalBets)
}

function isAskedFor(names: MarketNames, { sport, league, market }: MarketsFlags): boolean {
  return (
    (sport === undefined || names.sport === sport) &&
    (league === undefined || names.league === league) &&
    (market === undefined || names.market === market)
  )
}

function textOf(model: MarketsModel, found: readonly MarketOutlook[], top: number): string {
  if (found.length === 0) return 'no market of these names has a bet in the ledger'
  const percent = (x: number | undefined) => (x === undefined ? '-' : `${(100 * x).toFixed(1)} %`)
  const range = ({ low, high }: { low: number; high: number }) => `${percent(low)} to ${percent(high)}`
  const rows = found
    .slice(0, top)
    .map(({ names, forecast }) => [
      [names.sport, names.league ?? '-', names.market].join(' / '),
      String(forecast.historicalBets),
      percent(forecast.historicalRoi),
      percent(forecast.predictedWinrate),
      percent(forecast.predictedRoi),
      range(forecast.roiIntervals.p80),
      forecast.score.toFixed(1),
      forecast.grade,
      forecast.shouldTake ? 'take' : 'skip',
    ])
  const basis =
    model.basis === 'record'
      ? "by each market's own record, which is proven to beat the price"
      : "by the price alone: that a market's own record beats it is not proven"
  return [
    table([['market', 'bets', 'ROI so far', 'win rate', 'ROI', '80 % of 30 bets', 'score', 'grade', ''], ...rows]),
    `${Math.min(top, found.length)} of ${found.length} markets, ${basis}; score: chance in % that the expected ROI is above 0`,
  ].join('\n')
}

function parseTop(text: string): number {
  const top = Number(text)
  if (!Number.isInteger(top) || top < 1) throw new InvalidArgumentError('a whole number from 1 on.')
  return top
}
