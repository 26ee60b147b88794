import { beforeAll, describe, expect, it } from 'vitest'
import { evaluationJson } from '../../../../bin/pages/evaluation-json.ts'
import { renderEvaluationPage } from '../../../../bin/pages/evaluation-page.ts'
import { evaluationText } from '../../../../bin/pages/evaluation-text.ts'
import { encompassingWords, verdictSentence } from '../../../../bin/pages/evaluation-words.ts'
import { silentProgress } from '../../../../shared/kernel/ports.ts'
import { RECIPE } from '../../../../shared/recipe/recipe.ts'
import type { EvaluationReport } from '../../../../shared/usecases/evaluate-model.ts'
import { evaluateModel } from '../../../../shared/usecases/evaluate-model.ts'
import { simulatedLedger } from '../../../support/simulated-ledgers.ts'

describe('an evaluation', () => {
  let report: EvaluationReport

  beforeAll(() => {
    const recipe = { ...RECIPE, boosting: { ...RECIPE.boosting, rounds: 10 } }
    report = evaluateModel({ progress: silentProgress }, simulatedLedger(), 2, recipe)
  })

  it('keeps the keys that programs read', () => {
    const json = evaluationJson(report)
    for (const boards of [...json.folds, json.mean] as Record<string, unknown>[]) {
      for (const name of ['model', 'implied', 'recalibrated_implied']) {
        expect(boards[name]).toEqual({
          n: expect.any(Number),
          logLoss: expect.any(Number),
          brier: expect.any(Number),
          auc: expect.any(Number),
          ece: expect.any(Number),
        })
      }
    }
  })

  it.each([
    ['text', evaluationText],
    ['page', renderEvaluationPage],
  ] as const)('tells in the %s the scores of every fold, intervals and the noise floor', (_, render) => {
    const said = render(report)
    for (const { scores } of report.folds) {
      expect(said).toContain(scores.model.logLoss.toFixed(4))
      expect(said).toContain(scores.recalibratedImplied.logLoss.toFixed(4))
    }
    expect(said).toContain(report.pooled.scores.modelMinusRecalibrated.mean.toFixed(5))
    expect(said).toContain(report.pooled.calibration.model.noise.high.toFixed(4))
    expect(said).toContain('every bet')
    expect(said).not.toMatch(/NaN|undefined/)
  })

  it.each([
    ['text', evaluationText],
    ['page', renderEvaluationPage],
  ] as const)('tells in the %s of the ROI head beside constant, price and win probability', (_, render) => {
    const { scores, reason, verdict } = report.roiHead
    if (scores === undefined) throw new Error('not scored')
    const said = render(report)
    expect(verdict).toBe('not_served')
    expect(said).toContain(`Not served, so expected ROI is p · d − 1: ${reason}.`)
    for (const loss of Object.values(scores.losses.robust)) expect(said).toContain(loss.toFixed(5))
    for (const { robust, squared } of Object.values(scores.headMinus)) {
      expect(said).toContain(`${robust.mean.toFixed(5)} (${robust.low.toFixed(5)} to ${robust.high.toFixed(5)})`)
      expect(said).toContain(squared.mean.toFixed(4))
    }
    expect(render({ ...report, roiHead: { ...report.roiHead, verdict: 'served' } })).toContain(
      'Served: expected ROI is',
    )
  })

  it('says why there is no ROI head, and shows no figures of it', () => {
    const roiHead = { ...report.roiHead, reason: 'no return is known', scores: undefined }
    for (const render of [evaluationText, renderEvaluationPage]) {
      const said = render({ ...report, roiHead })
      expect(said).toContain('Not served, so expected ROI is p · d − 1: no return is known.')
      expect(said).not.toContain('price-implied')
      expect(said).not.toMatch(/NaN|undefined/)
    }
    expect(evaluationJson({ ...report, roiHead }).roi_head).toMatchObject({
      n: 0,
      losses: null,
      head_minus_constant: null,
    })
  })

  it('tells programs of the ROI head', () => {
    const { verdict, reason, checks, folds, scores } = report.roiHead
    expect(evaluationJson(report).roi_head).toEqual({
      ...{ verdict, reason, checks, folds, n: scores?.n },
      losses: {
        robust: {
          head: scores?.losses.robust.head,
          constant: scores?.losses.robust.constant,
          price_implied: scores?.losses.robust.priceImplied,
          win_probability: scores?.losses.robust.winProbability,
        },
        squared: expect.objectContaining({ price_implied: scores?.losses.squared.priceImplied }),
      },
      head_minus_constant: scores?.headMinus.constant,
      head_minus_price_implied: scores?.headMinus.priceImplied,
      head_minus_win_probability: scores?.headMinus.winProbability,
    })
  })

  it('says plainly on the page that nothing is proven', () => {
    const page = renderEvaluationPage({ ...report, verdict: 'not_proven' })
    expect(page).toContain('<b>not proven</b>')
    expect(renderEvaluationPage({ ...report, verdict: 'proven' })).toContain('<b>proven</b>')
  })

  it('draws a page that fetches nothing, with the curve and as many marks as bins', () => {
    const page = renderEvaluationPage(report)
    expect(page).toContain('default-src &#39;none&#39;')
    expect(page).not.toMatch(/(?:src|href)="|<script|style="/)
    const bins = report.pooled.calibration.model.curve.length
    expect(page.match(/<title>model: /g)).toHaveLength(bins)
  })

  it('tells a lead, a lag and neither apart', () => {
    const sentence = (mean: number, low: number, high: number, verdict: EvaluationReport['verdict']) => {
      const modelMinusRecalibrated = { mean, low, high, clusters: 30 }
      const scores = { ...report.pooled.scores, modelMinusRecalibrated }
      return verdictSentence({ ...report, verdict, pooled: { ...report.pooled, scores } })
    }
    expect(sentence(-0.01, -0.02, -0.001, 'proven')).toMatch(
      /^The model beats .*-0\.01000 \(95 % -0\.02000 to -0\.00100/,
    )
    expect(sentence(-0.01, -0.02, 0.001, 'not_proven')).toMatch(/^Nothing shows .*zero is not ruled out/)
    expect(sentence(0.01, 0.001, 0.02, 'not_proven')).toMatch(/^The model is worse/)
  })
})

describe('the encompassing test in words', () => {
  const coefficient = (value: number, half: number) => {
    return { value, low: value - half, high: value + half, error: half / 1.96, z: 0, pValue: 0.5 }
  }
  const tested = (model: number, reference: number) => ({
    kind: 'tested' as const,
    intercept: coefficient(0, 1),
    reference: coefficient(reference, 0.3),
    model: coefficient(model, 0.3),
    wald: 1,
    modelAdds: model > 0.3,
  })

  it.each([
    [undefined, /^It cannot be told/],
    [{ kind: 'collinear', reason: 'model_restates_reference' }, /says what the price says/],
    [{ kind: 'collinear', reason: 'reference_is_constant' }, /the same for all bets/],
    [tested(0.5, 0.5), /^Yes: .*0\.50 \(95 % 0\.20 to 0\.80\), and the price adds to the model/],
    [tested(0.9, 0.1), /^Yes: .*nothing shows that the price adds/],
    [tested(0.2, 0.8), /^Not proven: .*zero is not ruled out/],
    [tested(-0.5, 1.5), /^No: .*points the wrong way/],
  ] as const)('of %j', (encompassing, words) => {
    expect(encompassingWords(encompassing)).toMatch(words)
  })
})
