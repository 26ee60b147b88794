import { Duration } from 'aws-cdk-lib'
import type { IMetric, IWidget } from 'aws-cdk-lib/aws-cloudwatch'
import { GraphWidget, MathExpression, TextWidget } from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { ShiftedFunction, Stage } from '../../shared/config/stage.ts'
import { FUNCTIONS, functionName } from '../../shared/config/stage.ts'
import type { Traffic } from '../../shared/config/traffic.ts'
import { fromLog, LOG_METRICS } from './log-metrics.ts'
import { formula, ofApi, ofFunction, ofSchedules, ofVersion } from './metrics.ts'

const WIDTH = 24

/** A row of graphs that share the width. */
function row(...graphs: readonly { title: string; left: IMetric[]; unit?: string }[]): IWidget[] {
  const width = WIDTH / graphs.length
  return graphs.map(
    ({ title, left, unit }) =>
      new GraphWidget({ title, left, width, ...(unit === undefined ? {} : { leftYAxis: { label: unit, min: 0 } }) }),
  )
}

export function headRow(stage: Stage): IWidget[] {
  const markdown = `# Closeline ${stage}\nEvery alarm has its heading in \`RUNBOOK.md\`; \`closeline status --stage ${stage}\` says who answers.`
  return [new TextWidget({ markdown, width: WIDTH, height: 2 })]
}

/** Stable beside canary: the same figure of both, in one graph. */
export function versionRow(stage: Stage, name: ShiftedFunction, { stable, canary }: Traffic): IWidget[] {
  const versions = canary === null ? [stable] : [stable, canary]
  const each = (metricName: string, statistic: string) =>
    versions.map((version) => ofVersion(stage, name, version, metricName, { statistic, minutes: 5 }))
  return row(
    { title: `${name}: requests by version`, left: each('Invocations', 'Sum') },
    { title: `${name}: failures by version`, left: each('Errors', 'Sum') },
    { title: `${name}: p95 by version`, left: each('Duration', 'p95'), unit: 'ms' },
  )
}

export function apiRow(apiId: string): IWidget[] {
  const latency = ['p50', 'p95', 'p99'].map((statistic) =>
    ofApi(apiId, 'Latency', { statistic, minutes: 5 }).with({ label: statistic }),
  )
  return row(
    { title: 'API: requests', left: [ofApi(apiId, 'Count'), ofApi(apiId, '4xx'), ofApi(apiId, '5xx')] },
    { title: 'API: latency', left: latency, unit: 'ms' },
  )
}

/** What is predicted. The product counts by sport without saying in which stage. */
export function predictionRow(stage: Stage): IWidget[] {
  const bySport = search('{Closeline,sport,market,grade} MetricName="predictions_total"', 'Sum')
  const byModel = search(
    `{Closeline,FunctionName,FunctionVersion,ModelVersion} MetricName="predictions_total" FunctionName="${functionName(stage, 'prediction')}"`,
    'Sum',
  )
  const grades = [LOG_METRICS.predictionAnswers, LOG_METRICS.highGrades, LOG_METRICS.gradeA]
  return row(
    { title: 'Predictions by sport, market and grade, all stages of the account', left: [bySport] },
    { title: 'Predictions by model', left: [byModel] },
    { title: 'Answers, and those with high grades', left: grades.map((metric) => fromLog(stage, metric)) },
  )
}

export function workRow(stage: Stage, queues: { failures: IQueue; schedulerDeadLetters: IQueue }): IWidget[] {
  const work = ['pipeline', 'training', 'drift', 'alert', 'guard'] as const
  const each = (metricName: string, statistic: string) =>
    work.map((fn) => ofFunction(stage, fn, metricName, { statistic, minutes: 60 }))
  const depths = [queues.failures, queues.schedulerDeadLetters].map((queue) =>
    queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
  )
  return row(
    {
      title: 'Runs of the pipeline',
      left: [fromLog(stage, LOG_METRICS.pipelineRuns, { statistic: 'Sum', minutes: 60 })],
    },
    { title: 'Work: longest run', left: each('Duration', 'Maximum'), unit: 'ms' },
    { title: 'Work: failures', left: each('Errors', 'Sum') },
    { title: 'Waiting in the queues', left: depths },
  )
}

export function scheduleRow(stage: Stage): IWidget[] {
  const names = ['InvocationAttemptCount', 'TargetErrorCount', 'InvocationDroppedCount']
  return row({ title: 'Schedules', left: names.map((name) => ofSchedules(stage, name)) })
}

/** What Lambda's bill is made of: invocations, and seconds of work, which cost by the memory that the function has. */
export function costRow(stage: Stage): IWidget[] {
  const daily = { statistic: 'Sum', minutes: 1440 }
  const seconds = FUNCTIONS.map((fn) =>
    formula(`${fn} / 1000`, { [fn]: ofFunction(stage, fn, 'Duration', daily) }, { minutes: 1440, label: fn }),
  )
  return row(
    { title: 'Invocations a day', left: FUNCTIONS.map((fn) => ofFunction(stage, fn, 'Invocations', daily)) },
    { title: 'Seconds of work a day', left: seconds, unit: 's' },
  )
}

function search(query: string, statistic: string): MathExpression {
  const expression = `SEARCH('${query}', '${statistic}', 300)`
  return new MathExpression({ expression, usingMetrics: {}, label: '', period: Duration.minutes(5) })
}
