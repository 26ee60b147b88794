import { DomainError, messageOf, UpstreamError } from '../kernel/errors.ts'
import type { Clock, Logger, TaggedReader } from '../kernel/ports.ts'
import { createRefresher } from '../kernel/refresher.ts'
import type { MarketAnswer } from '../market-model/forecast-market.ts'
import { marketForecaster } from '../market-model/forecast-market.ts'
import type { MarketNames } from '../market-model/market-names.ts'
import { nodeKey } from '../market-model/market-names.ts'
import type { MarketsModel } from '../market-model/markets-model.ts'
import { decodeMarkets } from '../market-model/snapshot.ts'
import { MARKETS_KEY } from './train-markets.ts'

/** A market model in memory, ready to forecast. */
export interface LoadedMarkets {
  model: MarketsModel
  forecast: (names: MarketNames) => MarketAnswer
  /** Whether a bet of exactly this market counts in the model. */
  isKnown: (names: MarketNames) => boolean
}

/** The market model in service: kept in memory, looked after in the background, never replaced by one that is damaged. */
export interface ServingMarkets {
  /** The last good one, from memory; undefined until one has been read. */
  current(): LoadedMarkets | undefined
  /** The same, looking again where the last look is old; only while there is none does the caller wait for the look. */
  find(): Promise<LoadedMarkets | undefined>
  /** Why the newest is not the one in service; undefined where it is, and where none has been trained at all. */
  problem(): string | undefined
  /** When the last look began that found all as it should be, milliseconds since the epoch; undefined before it. */
  confirmedAtMs(): number | undefined
  /** Looks for a newer one; calls that overlap share one look. Never throws. */
  refresh(): Promise<void>
  /** Looks again where the last look is old or found nothing, without making the caller wait. */
  refreshIfStale(): void
}

/** Keeps the market model of an object store ready; what has not changed is not sent again. */
export function createServingMarkets(deps: {
  objects: TaggedReader
  clock: Clock
  logger: Logger
  maxAgeMs: number
}): ServingMarkets {
  let current: (LoadedMarkets & { tag: string }) | undefined
  let problem: string | undefined = 'the market model has not been read yet'
  let confirmedAtMs: number | undefined

  function fail(reason: string, cause: string): void {
    if (reason !== problem) deps.logger.error('markets_refresh_failed', { reason, cause })
    problem = reason
  }

  async function look(): Promise<void> {
    const begunAtMs = deps.clock()
    try {
      const read = await deps.objects.getTagged(MARKETS_KEY, current?.tag)
      if (read === undefined && current !== undefined) {
        fail('the market model is gone from where it is kept', `there is no ${MARKETS_KEY}`)
        return
      }
      if (read !== undefined && read !== 'unchanged') {
        current = { ...loadMarkets(decodeMarkets(new TextDecoder().decode(read.body), MARKETS_KEY)), tag: read.tag }
        deps.logger.info('markets_loaded', { asOfMs: current.model.asOfMs, nodes: current.model.nodes.length })
      }
      if (read !== undefined) confirmedAtMs = begunAtMs
      problem = undefined
    } catch (thrown) {
      const isDamaged = thrown instanceof DomainError
      const reason = isDamaged ? 'the market model is damaged' : 'the market model cannot be read from where it is kept'
      fail(reason, messageOf(thrown))
    }
  }

  const refresher = createRefresher({ clock: deps.clock, maxAgeMs: deps.maxAgeMs, look })
  return {
    current: () => current,
    async find() {
      const running = refresher.refreshIfDue(current === undefined)
      // Only the first callers have nothing to be served from meanwhile.
      if (current === undefined) await running
      return current
    },
    problem: () => problem,
    confirmedAtMs: () => confirmedAtMs,
    refresh: refresher.refresh,
    // A look never rejects, so nothing is lost by not waiting for it.
    refreshIfStale: () => void refresher.refreshIfDue(current === undefined),
  }
}

function loadMarkets(model: MarketsModel): LoadedMarkets {
  const markets = new Set(
    model.nodes.filter(({ names }) => names.level === 'market').map(({ names }) => nodeKey(names)),
  )
  return {
    model,
    forecast: marketForecaster(model),
    isKnown: (names) => markets.has(nodeKey({ level: 'market', ...names })),
  }
}

/** The market model to answer from. @throws {UpstreamError} where there is none */
export async function marketsInService(markets: Pick<ServingMarkets, 'find' | 'problem'>): Promise<LoadedMarkets> {
  const loaded = await markets.find()
  if (loaded !== undefined) return loaded
  const explanation = `no market model is in service: ${markets.problem() ?? 'none has been trained yet'}`
  throw new UpstreamError('markets', explanation, { explanation })
}
