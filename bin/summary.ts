import type { Preparation, TrainingOutcome } from './prepare-product.ts'
import { DEMO_BETS } from './prepare-product.ts'
import { block, count, importLine, qualityLines, scoreTable } from './report.ts'

const DEMO_NOTE = `DEMO DATA: ${count(DEMO_BETS)} simulated bets. Use your own with  npm start -- --bets FILE`

/** The product as it has started. */
export interface Started {
  url: string
  /** With all scopes, for whoever started it. */
  apiKey: string
  seconds: number
}

/** What a person reads when the product is ready. */
export function startSummary(preparation: Preparation, { url, apiKey, seconds }: Started): string {
  const blocks = [
    ...(preparation.ledger.origin === 'demo' ? [block(DEMO_NOTE, [])] : []),
    block('Ledger', ledgerLines(preparation)),
    block(`Quality on ${preparation.ledger.assessedAt.slice(0, 10)}`, qualityLines(preparation.ledger.quality)),
    ...modelBlocks(preparation.outcome),
    block(`Ready after ${seconds.toFixed(1)} s`, [
      `API     ${url}/api/v1/predict`,
      `Docs    ${url}/docs`,
      `Health  ${url}/health`,
      `Key     ${apiKey}`,
      'Stop with Ctrl-C.',
    ]),
    ...('noModel' in preparation.outcome ? [] : [block('Try', [exampleCurl(url, apiKey)])]),
  ]
  return `\n${blocks.join('\n\n')}\n`
}

function modelBlocks(outcome: TrainingOutcome): string[] {
  if ('noModel' in outcome) {
    return [block('No model', [outcome.noModel, 'Scores of your own record are served; predictions answer 503.'])]
  }
  if ('kept' in outcome) {
    return [block(`Serving ${outcome.kept.version}`, [`${outcome.reason}; this model was trained earlier`])]
  }
  const { candidate, served, reason, trained } = outcome
  const { rows, largestDifference } = served.parity
  return [
    block(`Scores of ${candidate.version}`, [scoreTable(candidate)]),
    block(`Serving ${served.version}`, [
      trained ? reason : `${reason} (trained earlier; no bet has changed since)`,
      ...(served.dataQuality?.passed === false ? ['its data failed the quality gate: see  npx closeline quality'] : []),
      `ONNX agrees with our own arithmetic within ${largestDifference.toExponential(1)} over ${count(rows)} bets`,
    ]),
  ]
}

/** The same for machines. */
export function startReport(preparation: Preparation, { url, apiKey, seconds }: Started): Record<string, unknown> {
  const { ledger, imported, outcome } = preparation
  return {
    ready: true,
    seconds,
    url,
    apiKey,
    data: ledger.origin,
    bets: ledger.bets,
    settledBets: ledger.settledBets,
    betsWithSettlementTime: ledger.betsWithSettlementTime,
    quarantined: preparation.quarantined,
    import: imported ?? null,
    quality: ledger.quality,
    demoBetsRemoved: preparation.demoBetsRemoved,
    ...modelReport(outcome),
  }
}

function modelReport(outcome: TrainingOutcome): Record<string, unknown> {
  if ('noModel' in outcome) return { trained: false, served: null, reason: outcome.noModel, candidate: null }
  if ('kept' in outcome)
    return { trained: false, served: outcome.kept.version, reason: outcome.reason, candidate: null }
  const { candidate, served, reason, trained } = outcome
  const { version, verdict, scores } = candidate
  return { trained, served: served.version, reason, candidate: { version, verdict, scores } }
}

function ledgerLines(preparation: Preparation): string[] {
  const { imported, quarantined, demoBetsRemoved } = preparation
  const { bets, settledBets, betsWithSettlementTime } = preparation.ledger
  const assumed = settledBets - betsWithSettlementTime
  return [
    `${count(bets)} bets, ${count(settledBets)} settled, ${count(quarantined)} rows in quarantine`,
    ...(imported === undefined ? [] : [importLine(imported)]),
    ...(demoBetsRemoved === 0 ? [] : [`${count(demoBetsRemoved)} demo bets made way for your own`]),
    ...(assumed === 0
      ? []
      : [
          `${count(assumed)} settled bets have no settlement time: a result counts as known 6 h (live), 24 h (straight)`,
          'or 48 h (combined) after placement; 96 h or 120 h in American football, golf, cricket, motorsport',
        ]),
  ]
}

function exampleCurl(url: string, apiKey: string): string {
  const body = { sport: 'Basketball', league: 'NBA', market: 'Moneyline', institution_name: 'DraftKings', odds: -110 }
  const headers = `-H 'x-api-key: ${apiKey}' -H 'content-type: application/json'`
  return `curl -s ${url}/api/v1/predict ${headers} -d '${JSON.stringify(body)}'`
}
