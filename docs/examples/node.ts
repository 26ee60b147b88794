#!/usr/bin/env node
/**
 * Scores a bet against your own record and predicts it, by the typed client.
 *
 *     CLOSELINE_KEY=cl_live_… node docs/examples/node.ts [http://127.0.0.1:3000]
 *
 * `npm start` prints a key for this machine; `closeline keys create` makes others. This one needs the scopes read and
 * predict.
 */
import { ApiProblem, ApiUnreachable, answerOf, createClient } from '../../shared/client/index.ts'

const BET = { sport: 'Basketball', league: 'NBA', market: 'Spread', book: 'DraftKings', odds: -110 }

const [baseUrl = 'http://127.0.0.1:3000'] = process.argv.slice(2)
const apiKey = process.env.CLOSELINE_KEY

if (apiKey === undefined) {
  process.stderr.write('set CLOSELINE_KEY to an API key: npm start prints one\n')
  process.exitCode = 2
} else process.exitCode = await tell(baseUrl, apiKey)

async function tell(url: string, key: string): Promise<number> {
  const { scoring, prediction } = createClient({ baseUrl: url, apiKey: key })
  const { sport, league, market, book, odds } = BET
  try {
    // Paths are properties, parameters and answers are typed: a wrong name does not compile.
    const [score, predicted] = await Promise.all([
      answerOf(scoring.api['score-bet'].$get({ query: { sport, league, market } })),
      answerOf(
        prediction.api.v1.predict.$post({ query: {}, json: { sport, league, market, institution_name: book, odds } }),
      ),
    ])
    const { evaluation, performance } = score
    process.stdout.write(
      `your record: ${evaluation.score}, ${performance.totalBets} settled bets. ${evaluation.recommendation}\n`,
    )
    const { win_probability, expected_roi, bet_grade, model_version } = predicted
    const words = `wins ${(100 * win_probability).toFixed(1)} % of the time, expected ROI ${expected_roi.toFixed(1)} %`
    process.stdout.write(`this bet: ${words}, grade ${bet_grade} (${model_version})\n`)
    return 0
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem || thrown instanceof ApiUnreachable)) throw thrown
    const request =
      thrown instanceof ApiProblem && thrown.requestId !== undefined ? ` (request ${thrown.requestId})` : ''
    process.stderr.write(`${thrown.message}${request}\n`)
    return 1
  }
}
