import { html } from 'hono/html'
import type { StrategyReport } from '../../shared/backtest/backtest.ts'
import type { Percentiles } from '../../shared/backtest/resample-days.ts'
import type { BacktestOutcome } from '../../shared/usecases/backtest-model.ts'
import { bankrollChart, drawdownChart, fanChart } from './backtest-charts.ts'
import { amount, backtestVerdict, rulesLines, STRATEGY_FIGURES, strategiesOf } from './backtest-text.ts'
import { count } from './figures.ts'
import type { ForestRow } from './model-charts.ts'
import { forestChart, renderLegend } from './model-charts.ts'
import { dayOf, dayOfMs, percent, percentInterval } from './model-figures.ts'
import { renderFacts, renderModelShell } from './model-shell.ts'
import type { Markup } from './quality-charts.ts'

/** Colours of the strategies, in the order of `strategiesOf`. */
const TONES = ['model', 'placebo', 'implied', 'other'] as const

/** A back-test as one HTML page that needs nothing from elsewhere. */
export function renderBacktestPage(outcome: BacktestOutcome): string {
  return renderModelShell({
    title: 'Back-test',
    header: renderHeader(outcome),
    main: html`${renderCurves(outcome)}
${renderReturns(outcome)}
${renderFan(outcome)}
${renderStrategies(outcome)}
${renderMaking(outcome)}`,
  })
}

function renderHeader(outcome: BacktestOutcome): Markup {
  const { strategy, rules, offered, fromMs, toMs } = outcome.report
  const low = strategy.roi?.interval?.low
  return html`<header class="${low !== undefined && low > 0 ? 'proven' : 'not_proven'}">
<h1>Back-test</h1>
<p class="verdict">${backtestVerdict(outcome)}</p>
${renderFacts([
  [amount(strategy.finalBankroll), `bankroll at the end, of ${amount(rules.initialBankroll)}`],
  [percent(strategy.growth), 'growth'],
  [percent(strategy.roi?.ratio), 'ROI'],
  [percent(strategy.drawdown.depth), 'deepest drawdown'],
  [`${count(strategy.taken)} of ${count(offered)}`, 'bets taken'],
])}
<p class="dim">Bets placed ${dayOfMs(fromMs)} to ${dayOfMs(toMs)}, each at the price that was taken. Pushes and voids are left out: they would have brought nothing.</p>
</header>`
}

function renderCurves(outcome: BacktestOutcome): Markup {
  const { report } = outcome
  const { initialBankroll } = report.rules
  if (report.strategy.taken === 0) {
    return html`<section><h2>Bankroll</h2><p>Nothing was bet, so there is no curve: the bankroll stays at ${amount(initialBankroll)}.</p></section>`
  }
  const curves = strategiesOf(outcome)
    .map(({ name, of }, s) => ({ name, tone: TONES[s] ?? 'other', curve: of.curve, taken: of.taken }))
    .filter(({ taken }) => taken > 0)
  const own = { name: 'model', tone: 'model', curve: report.strategy.curve }
  return html`<section><h2>Bankroll</h2>
<p class="dim">At the ends of days, open bets at their stakes. The placebo is the recalibrated price, which knows nothing that the price does not, by the same rule.</p>
<figure class="wide">${bankrollChart(curves, initialBankroll)}${renderLegend(curves)}</figure>
<figure class="wide"><figcaption>Below the high so far<span>${strategiesOf(outcome)[0]?.name}; at the deepest ${percent(report.strategy.drawdown.depth)}, at the longest ${count(report.strategy.drawdown.longestDays)} days</span></figcaption>${drawdownChart(own, initialBankroll)}</figure>
</section>`
}

function renderReturns(outcome: BacktestOutcome): Markup | '' {
  const rows = strategiesOf(outcome).flatMap(({ name, of }, s): ForestRow[] => {
    if (of.roi === undefined) return []
    const text = `${percent(of.roi.ratio)} (95 % ${percentInterval(of.roi.interval)})`
    return [{ label: name, tone: TONES[s] ?? 'other', mean: of.roi.ratio, interval: of.roi.interval, text }]
  })
  if (rows.length === 0) return ''
  return html`<section><h2>Return on what was staked</h2>
<p class="dim">With 95 % intervals, errors by day of placement. No Sharpe ratio is given: returns of bets of different length have no period over which it could be stated.</p>
<figure class="wide">${forestChart(rows, percent)}</figure></section>`
}

function renderFan({ report }: BacktestOutcome): Markup | '' {
  const { resampling, rules } = report
  if (resampling === undefined) return ''
  const { simulations, days, finalBankroll, maxDrawdown, profitProbability, ruin, ruinShare, seed } = resampling
  const row = (name: string, of: Percentiles, text: (x: number) => string) =>
    html`<tr><th scope="row">${name}</th>${[of.p5, of.p25, of.p50, of.p75, of.p95].map((x) => html`<td class="n">${text(x)}</td>`)}</tr>`
  return html`<section><h2>Had the days come in other company</h2>
<p class="dim">${count(simulations)} bankrolls, each of ${count(days)} of its days with bets drawn with replacement (seed ${seed}): the dark band holds half of them, the light one nine in ten. Days are drawn as if independent; a model that slowly goes bad is not in this.</p>
<figure class="wide">${fanChart(resampling, rules.initialBankroll)}</figure>
<div class="wide"><table class="scores"><thead><tr><th></th>${[5, 25, 50, 75, 95].map((p) => html`<th class="n">${p} %</th>`)}</tr></thead>
<tbody>${row('Bankroll at the end', finalBankroll, amount)}${row('Deepest drawdown', maxDrawdown, percent)}</tbody></table></div>
<p>${percent(profitProbability)} end above the start. ${percent(ruin.probability)} fall below ${percent(ruinShare)} of it on some day (95 % of drawing ${percentInterval(ruin)}).</p>
</section>`
}

function renderStrategies(outcome: BacktestOutcome): Markup {
  const strategies = strategiesOf(outcome)
  const cells = (figure: (of: StrategyReport) => string) =>
    strategies.map(({ of }) => html`<td class="n">${figure(of)}</td>`)
  return html`<section><h2>Figures</h2>
<div class="wide"><table class="scores"><thead><tr><th></th>${strategies.map(({ name }) => html`<th class="n">${name}</th>`)}</tr></thead>
<tbody>${STRATEGY_FIGURES.map(([name, figure]) => html`<tr><th scope="row">${name.trim()}</th>${cells(figure)}</tr>`)}</tbody></table></div></section>`
}

function renderMaking({ report, retrainings, rows, unplayable }: BacktestOutcome): Markup {
  return html`<section><h2>How it was made</h2>
<ul class="plain">${rulesLines(report.rules).map((line) => html`<li>${line}</li>`)}</ul>
${unplayable > 0 ? html`<p class="dim">${count(unplayable)} bets besides the ${count(rows)} cannot be replayed: free, or their return is not known.</p>` : ''}
<div class="wide"><table><thead><tr><th>Fold</th><th>Bets placed</th><th class="n">On offer</th><th class="n">Learned from</th><th>What bet</th></tr></thead>
<tbody>${retrainings.map(({ fold, testFrom, testTo, offered, learned, members }) => {
    const what = members.map(({ name, weight }) => `${name} ${weight.toFixed(2)}`).join(', ')
    return html`<tr><td>${fold}</td><td>${dayOf(testFrom)} to ${dayOf(testTo)}</td><td class="n">${count(offered)}</td><td class="n">${count(learned)}</td><td>${what === '' ? 'the recalibrated price' : what}</td></tr>`
  })}</tbody></table></div></section>`
}
