import { html } from 'hono/html'
import type { Assessment } from '../../shared/performance/assessment.ts'
import type { RuleResult } from '../../shared/performance/betting-rule.ts'
import type { ContenderName } from '../../shared/recipe/walk-forward.ts'
import { CONTENDERS } from '../../shared/recipe/walk-forward.ts'
import type { EvaluationReport } from '../../shared/usecases/evaluate-model.ts'
import { encompassingWords, verdictSentence } from './evaluation-words.ts'
import { count } from './figures.ts'
import type { ForestRow } from './model-charts.ts'
import { forestChart, reliabilityChart, renderLegend } from './model-charts.ts'
import {
  CONTENDER_WORDS,
  dayOf,
  differenceText,
  intervalText,
  percent,
  percentInterval,
  scoreText,
} from './model-figures.ts'
import { renderFacts, renderModelShell } from './model-shell.ts'
import type { Markup } from './quality-charts.ts'
import { roiSentence } from './roi-figures.ts'
import { renderRoiTable } from './roi-table.ts'

/** An evaluation as one HTML page that needs nothing from elsewhere. */
export function renderEvaluationPage(report: EvaluationReport): string {
  return renderModelShell({
    title: `Evaluation: ${report.verdict.replace('_', ' ')}`,
    header: renderHeader(report),
    main: html`${renderDifferences(report)}
${renderScoreboard(report)}
${renderReliability(report.pooled)}
${renderEncompassing(report.pooled)}
${renderRules(report.pooled)}
${renderRoi(report.roiHead)}`,
  })
}

function renderHeader(report: EvaluationReport): Markup {
  const { folds, mean, verdict, pooled } = report
  return html`<header class="${verdict}">
<h1>Walk-forward evaluation: <b>${verdict === 'proven' ? 'proven' : 'not proven'}</b></h1>
<p>${verdictSentence(report)}</p>
${renderFacts([
  [scoreText(mean.model.logLoss), 'log loss, mean of folds'],
  [scoreText(mean.recalibratedImplied.logLoss), 'recalibrated price'],
  [scoreText(mean.implied.logLoss), 'price as it is'],
  [scoreText(mean.model.ece), 'ECE, mean of folds'],
  [count(pooled.scores.model.n), `of ${count(report.rows)} bets tested`],
])}
<p class="dim">${folds.length} ${folds.length === 1 ? 'fold' : 'folds'} over the last 40 %, each learned from the bets before it whose results were known by then.</p>
</header>`
}

type Difference = EvaluationReport['pooled']['scores']['modelMinusImplied']

function renderDifferences({ folds, pooled }: EvaluationReport): Markup {
  const chart = (pick: (scores: EvaluationReport['pooled']['scores']) => Difference) =>
    forestChart(
      [
        ...folds.map(({ fold, testFrom, testTo, scores }) =>
          differenceRow(`fold ${fold}, ${dayOf(testFrom)} to ${dayOf(testTo)}`, pick(scores)),
        ),
        differenceRow('all together', pick(pooled.scores)),
      ],
      (x) => x.toFixed(4),
    )
  return html`<section><h2>Lead on the market</h2>
<p class="dim">Log loss of the model less that of a baseline: left of zero the model is better. 95 % intervals, errors by day.</p>
<figure class="wide"><figcaption>Less the recalibrated price<span>the price through a logistic fitted on what the model learned from</span></figcaption>${chart((scores) => scores.modelMinusRecalibrated)}</figure>
<figure class="wide"><figcaption>Less the price as it is</figcaption>${chart((scores) => scores.modelMinusImplied)}</figure>
</section>`
}

function differenceRow(label: string, difference: Difference): ForestRow {
  return { label, tone: 'model', mean: difference.mean, interval: difference, text: differenceText(difference) }
}

function renderScoreboard(report: EvaluationReport): Markup {
  const parts = [
    ...report.folds.map(({ fold, learned, members, calibration, scores }) => ({
      title: `fold ${fold}`,
      what: `learned from ${count(learned)}: ${membersWords(members)}, calibration ${calibration}`,
      scores,
    })),
    { title: 'mean', what: 'plain means of the folds', scores: report.mean },
  ]
  return html`<section><h2>Scoreboard</h2>
<div class="wide"><table class="scores">
<thead><tr><th></th><th></th><th class="n">n</th><th class="n">Log loss</th><th class="n">Brier</th><th class="n">AUC</th><th class="n">ECE</th></tr></thead>
${parts.map(
  ({ title, what, scores }) =>
    html`<tbody>${CONTENDERS.map((name, i) => {
      const { n, logLoss, brier, auc, ece } = scores[name]
      return html`<tr class="${name === 'model' ? 'best' : ''}">${i === 0 ? html`<th scope="rowgroup" rowspan="${CONTENDERS.length}"><b>${title}</b><br><small>${what}</small></th>` : ''}<td>${CONTENDER_WORDS[name]}</td><td class="n">${count(Math.round(n))}</td>${[logLoss, brier, auc, ece].map((score) => html`<td class="n">${scoreText(score)}</td>`)}</tr>`
    })}</tbody>`,
)}
</table></div></section>`
}

function membersWords(members: EvaluationReport['folds'][number]['members']): string {
  if (members.length === 0) return 'the recalibrated price'
  return members.map(({ name, weight }) => `${name} ${weight.toFixed(2)}`).join(', ')
}

const DRAWN = ['model', 'recalibratedImplied', 'implied'] as const satisfies readonly ContenderName[]

function renderReliability({ calibration, accuracy }: Assessment): Markup {
  const curves = DRAWN.map((name) => ({ name: CONTENDER_WORDS[name], tone: name, bins: calibration[name].curve }))
  return html`<section><h2>Calibration</h2>
<p class="dim">All test bets together. Share that won against what was said, in ten bins of equal width, with 95 % Wilson intervals; on the dashed diagonal the two agree. Marks of one bin stand side by side.</p>
<figure>${reliabilityChart(curves)}${renderLegend(curves)}</figure>
<div class="wide"><table class="scores">
<thead><tr><th></th>${CONTENDERS.map((name) => html`<th class="n">${CONTENDER_WORDS[name]}</th>`)}</tr></thead>
<tbody>${calibrationRows(calibration, accuracy).map(
    ([label, of]) =>
      html`<tr><th scope="row">${label}</th>${CONTENDERS.map((name) => html`<td class="n">${of(name)}</td>`)}</tr>`,
  )}</tbody></table></div>
<p class="dim">ECE is never zero: the noise floor is what it comes to, on average and in 95 of 100 draws, were the probabilities right. Slope 1 and intercept 0 need no recalibration.</p></section>`
}

function calibrationRows(
  calibration: Assessment['calibration'],
  accuracy: Assessment['accuracy'],
): [string, (name: ContenderName) => string][] {
  return [
    ['ECE', (name) => calibration[name].equalWidth.ece.toFixed(4)],
    ['noise floor, mean', (name) => calibration[name].noise.mean.toFixed(4)],
    ['noise floor, 95 %', (name) => calibration[name].noise.high.toFixed(4)],
    ['largest error of a bin', (name) => calibration[name].equalWidth.mce.toFixed(4)],
    ['ECE, bins of equal size', (name) => calibration[name].equalSize.ece.toFixed(4)],
    ['slope', (name) => calibration[name].line?.slope.value.toFixed(3) ?? '-'],
    ['slope, 95 %', (name) => intervalText(calibration[name].line?.slope, 2)],
    ['intercept', (name) => calibration[name].line?.intercept.value.toFixed(3) ?? '-'],
    ['intercept, 95 %', (name) => intervalText(calibration[name].line?.intercept, 2)],
    ['accuracy', (name) => accuracy[name].toFixed(4)],
  ]
}

function renderEncompassing({ encompassing }: Assessment): Markup {
  const rows: ForestRow[] =
    encompassing?.kind !== 'tested'
      ? []
      : (['model', 'reference'] as const).map((of) => ({
          label: of === 'model' ? 'weight of the model' : 'weight of the price',
          tone: of === 'model' ? 'model' : 'recalibratedImplied',
          mean: encompassing[of].value,
          interval: encompassing[of],
          text: `${encompassing[of].value.toFixed(2)} (95 % ${intervalText(encompassing[of], 2)}), p ${encompassing[of].pValue.toPrecision(2)}`,
        }))
  return html`<section><h2>Does the model add to the price?</h2>
<p>${encompassingWords(encompassing)}</p>
${rows.length === 0 ? '' : html`<figure class="wide">${forestChart(rows, (x) => x.toFixed(1))}</figure>`}
</section>`
}

function renderRules({ rules }: Assessment): Markup {
  const [first] = rules
  if (first === undefined) {
    return html`<section><h2>Betting by it</h2><p>No return of the tested bets is known.</p></section>`
  }
  const lines = [
    ...rules.flatMap(({ threshold, rule, placebos }) => [
      { label: `model expects > ${percent(threshold)}`, tone: 'model', result: rule },
      ...Object.entries(placebos).map(([name, result]) => ({
        label: `${CONTENDER_WORDS[name as ContenderName]} > ${percent(threshold)}`,
        tone: name,
        result,
      })),
    ]),
    { label: 'every bet', tone: 'other', result: first.everything },
  ]
  const drawn = lines.flatMap(({ label, tone, result: { roi, n } }): ForestRow[] =>
    roi === undefined
      ? []
      : [{ label, tone, mean: roi.mean, interval: roi.interval, text: `${percent(roi.mean)} over ${count(n)} bets` }],
  )
  return html`<section><h2>Betting by it</h2>
<p class="dim">ROI at flat stakes where more is expected than a threshold, beside the same rule on the price alone: what the placebo gains, the rule gained without a model. 95 % intervals, errors by day.</p>
<figure class="wide">${forestChart(drawn, percent)}</figure>
<div class="wide"><table class="scores"><thead><tr><th>Rule</th><th class="n">Bets</th><th class="n">ROI</th><th class="n">95 %</th><th class="n">CLV</th><th class="n">95 %</th><th class="n">Close known for</th></tr></thead>
<tbody>${lines.map(({ label, tone, result }) => html`<tr class="${tone === 'model' ? 'best' : ''}"><th scope="row">${label}</th>${ruleCells(result).map((cell) => html`<td class="n">${cell}</td>`)}</tr>`)}</tbody></table></div>
</section>`
}

function ruleCells({ n, roi, closing }: RuleResult): string[] {
  return [
    count(n),
    percent(roi?.mean),
    percentInterval(roi?.interval),
    percent(closing.value?.mean),
    percentInterval(closing.value?.interval),
    percent(closing.coverage),
  ]
}

function renderRoi({ verdict, reason, folds, scores }: EvaluationReport['roiHead']): Markup {
  const trees = folds.map(({ fold, trees: n, weight }) =>
    n === 0 ? `fold ${fold} none` : `fold ${fold} ${count(n)} at ${weight.toFixed(2)}`,
  )
  return html`<section><h2>Predicting ROI by itself: ${verdict.replace('_', ' ')}</h2>
<p>${roiSentence({ verdict, reason })}</p>
${scores === undefined ? '' : renderRoiTable(scores)}
<p class="dim">Trees that earned weight: ${trees.join(', ')}.</p>
</section>`
}
