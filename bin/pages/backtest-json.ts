import type { BacktestOutcome } from '../../shared/usecases/backtest-model.ts'

/** A back-test for programs; what is not known is null. */
export function backtestJson({ rows, unplayable, retrainings, report, beside }: BacktestOutcome): unknown {
  const outcome = { rows, unplayable, retrainings, ...report, beside }
  return JSON.parse(JSON.stringify(outcome, (_, value: unknown) => (value === undefined ? null : value)))
}
