import * as z from 'zod'
import { nameField } from '../../shared/http/fields.ts'
import { LEVELS } from '../../shared/market-model/market-names.ts'
import { GRADES } from '../../shared/market-model/verdict.ts'
import { SERVED_FROM } from '../../shared/usecases/served-from.ts'

const names = {
  sport: nameField('Sport, spelled as in your ledger.', 'Basketball'),
  league: nameField('League.', 'NBA'),
  market: nameField('Market; slashes are allowed.', 'Over/Under'),
}

/** Body of `POST /api/v1/predict-market`. */
export const marketBodySchema = z.strictObject(names).meta({ id: 'MarketRequest' })

/** Query of `GET /api/v1/predict-market`, and path of its longer form. Unknown parameters are ignored. */
export const marketQuerySchema = z.object(names)

export type MarketRequest = z.output<typeof marketBodySchema>

/** A field that is a share, 0 to 1. */
function share(description: string, example: number) {
  return z.number().min(0).max(1).meta({ description, example })
}

/** A field in per cent; no bet loses more than its stake. */
function percent(description: string, example: number) {
  return z.number().min(-100).meta({ description, example })
}

const winrateInterval = z.object({ low: share('Lower end.', 0.4), high: share('Upper end.', 0.6) })
const roiInterval = z.object({
  low: percent('Lower end, per cent.', -21.5),
  high: percent('Upper end, per cent.', 18.2),
})

const winrateIntervals = z
  .object({
    p80: winrateInterval.meta({ description: 'With 80 % probability.', example: { low: 0.4, high: 0.6 } }),
    p95: winrateInterval.meta({ description: 'With 95 % probability.', example: { low: 0.33, high: 0.7 } }),
  })
  .meta({
    description: 'Where the win rate of the next `horizon_bets` bets will lie, luck included.',
    example: { p80: { low: 0.4, high: 0.6 }, p95: { low: 0.33, high: 0.7 } },
  })

const roiIntervals = z
  .object({
    p80: roiInterval.meta({ description: 'With 80 % probability.', example: { low: -23.1, high: 21.4 } }),
    p95: roiInterval.meta({ description: 'With 95 % probability.', example: { low: -34.9, high: 33.8 } }),
  })
  .meta({
    description: 'Where the ROI of the next `horizon_bets` bets will lie, per cent, luck included.',
    example: { p80: { low: -23.1, high: 21.4 }, p95: { low: -34.9, high: 33.8 } },
  })

export const marketForecastSchema = z
  .object({
    sport: z.string().meta({ description: 'As asked.', example: 'Basketball' }),
    league: z.string().meta({ description: 'As asked.', example: 'NBA' }),
    market: z.string().meta({ description: 'As asked.', example: 'Over/Under' }),
    market_key: z.string().meta({
      description: 'The three names joined by `|`. For reading: a name may hold a bar itself.',
      example: 'Basketball|NBA|Over/Under',
    }),
    predicted_winrate: share('Share of the next bets, won or lost, that will be won.', 0.512),
    predicted_roi: percent('Expected return on flat stakes, per cent.', -0.82),
    confidence: share('Share of what the market’s own record shows that is not luck; 0 without bets of its own.', 0.41),
    recommendation_score: z.number().min(0).max(100).meta({
      description: 'Probability in per cent that the expected ROI is above 0.',
      example: 31.5,
    }),
    grade: z.enum(GRADES).meta({ description: 'A from 90, B from 75, C from 50, D from 25, else F.', example: 'D' }),
    should_take: z.boolean().meta({
      description: 'Score from 75, expected ROI from 1 % and 30 bets of its own; always an A or a B.',
      example: false,
    }),
    explanation: z.string().meta({
      description: 'Why: the figures of a take, the criteria that a skip fails.',
      example: 'win rate 51.2 % does not exceed break-even 51.6 % | ROI -0.8 % is below +1.0 %',
    }),
    historical_bets: z.int().min(0).meta({
      description: 'All bets of exactly this market that were won or lost at a known price.',
      example: 240,
    }),
    historical_winrate: share('Of those bets.', 0.521).nullable().meta({
      description: 'Share of those bets that won; null where there is none.',
      example: 0.521,
    }),
    historical_roi: percent('Of those bets.', 1.4).nullable().meta({
      description: 'Mean return per unit at the price taken, per cent; null where there is no bet.',
      example: 1.4,
    }),
    basis: z.enum(['record', 'price']).meta({
      description:
        '`record`: by each market’s own shrunken record, which is proven to beat the price. `price`: by the price alone, because that is not proven.',
      example: 'price',
    }),
    level: z.enum(LEVELS).meta({
      description:
        'The narrowest level with bets. Anything but `market` is a fallback: nothing is known of this market itself.',
      example: 'market',
    }),
    level_bets: z.int().min(1).meta({ description: 'Bets of that level.', example: 240 }),
    horizon_bets: z.int().min(1).meta({ description: 'How many next bets the intervals are about.', example: 30 }),
    break_even_winrate: share('Win rate at which the expected ROI is 0 at the prices of this market.', 0.516),
    winrate_intervals: winrateIntervals,
    roi_intervals: roiIntervals,
    expected_roi_interval: z
      .object({
        low: percent('Lower end, per cent.', -6.1),
        high: percent('Upper end, per cent.', 4.5),
        level: z.literal(0.95).meta({ description: 'Its probability.', example: 0.95 }),
      })
      .meta({
        description: 'Where the ROI of endless bets would lie, per cent.',
        example: { low: -6.1, high: 4.5, level: 0.95 },
      }),
    features_as_of: z.iso.datetime().meta({
      description: 'Results known before this instant were learned from, UTC.',
      example: '2026-03-01T02:00:00.000Z',
    }),
    data: z.enum(['own', 'demo']).nullable().meta({
      description:
        '`demo` where the ledger is simulated: the answer is an example. Null where no bet model serves that says so.',
      example: 'own',
    }),
    served_from: z.enum(SERVED_FROM).meta({
      description: '`memory` where nobody could make sure lately that the market model is the newest.',
      example: 'current',
    }),
    timestamp: z.iso
      .datetime()
      .meta({ description: 'When it was answered, UTC.', example: '2026-03-01T14:03:12.120Z' }),
  })
  .meta({ id: 'MarketForecast' })

export type MarketForecastBody = z.infer<typeof marketForecastSchema>
