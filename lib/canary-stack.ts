import type { App } from 'aws-cdk-lib'
import { CfnWaitConditionHandle, Stack } from 'aws-cdk-lib'
import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch'
import type { ShiftedFunction } from '../shared/config/stage.ts'
import { canaryAlarmName, SHIFTED_FUNCTIONS } from '../shared/config/stage.ts'
import { stackProps } from './stack-props.ts'
import type { StageConfig } from './stages.ts'
import type { StageTraffic } from './traffic.ts'
import { fromLog, serverErrorsOf, takeFromLog } from './watch/log-metrics.ts'
import { formula, ofVersion } from './watch/metrics.ts'
import type { AlarmSpec } from './watch/raise-alarm.ts'
import { raiseAlarm } from './watch/raise-alarm.ts'

/** Per cent of the canary's requests that may fail within five minutes. */
const TOLERATED_ERRORS_PCT = 2

/** How much longer than stable the canary may take at the 95th percentile. */
const TOLERATED_SLOWNESS = 1.5

/** Requests of each within five minutes without which a percentile says nothing. */
const ENOUGH_REQUESTS = 20

/**
 * Alarms on canaries. They must stand before the traffic moves, for CloudFormation watches them while it does, and takes
 * the move back when one fires; so they are a stack of their own, which knows names and version numbers alone.
 */
export class CanaryStack extends Stack {
  readonly #stage: StageConfig

  constructor(scope: App, id: string, { stage, traffic }: { stage: StageConfig; traffic: StageTraffic }) {
    super(scope, id, stackProps(stage, id, 'Alarms on canaries'))
    this.#stage = stage
    // CloudFormation takes no stack without resources, and there is not always a canary.
    new CfnWaitConditionHandle(this, 'NoCanary')
    for (const name of SHIFTED_FUNCTIONS) {
      const { stable, canary } = traffic[name]
      if (canary === null) continue
      this.#raise(name, 'errors', this.#errors(name, canary))
      this.#raise(name, 'latency', this.#latency(name, canary, stable))
    }
  }

  /**
   * Failures are invocations that failed and answers of 500 and above, over invocations. Of few requests one failure is
   * enough: a canary goes for less than it takes to be sure. Throttles are no failure of a version: versions share the
   * function's concurrency.
   */
  #errors(name: ShiftedFunction, canary: string): AlarmIdea {
    const { name: stage } = this.#stage
    const answered = serverErrorsOf(name, canary)
    takeFromLog(this, stage, answered)
    return {
      severity: 'critical',
      meaning: `More than ${TOLERATED_ERRORS_PCT} % of the requests that canary ${canary} of ${name} got within 5 minutes failed.`,
      metric: formula(
        '100 * (FILL(failed, 0) + FILL(answered, 0)) / invocations',
        {
          failed: ofVersion(stage, name, canary, 'Errors'),
          answered: fromLog(stage, answered),
          invocations: ofVersion(stage, name, canary, 'Invocations'),
        },
        { label: `${name} ${canary}: failed requests, %` },
      ),
      threshold: TOLERATED_ERRORS_PCT,
      periods: 1,
    }
  }

  #latency(name: ShiftedFunction, canary: string, stable: string): AlarmIdea {
    const { name: stage } = this.#stage
    const slowest = { statistic: 'p95', minutes: 5 }
    const asked = `asked >= ${ENOUGH_REQUESTS} AND compared >= ${ENOUGH_REQUESTS}`
    return {
      severity: 'warning',
      meaning: `Canary ${canary} of ${name} takes more than ${TOLERATED_SLOWNESS} times as long as ${stable} at p95 for 10 minutes.`,
      metric: formula(
        `IF(${asked}, canary / stable, 0)`,
        {
          asked: ofVersion(stage, name, canary, 'Invocations'),
          compared: ofVersion(stage, name, stable, 'Invocations'),
          canary: ofVersion(stage, name, canary, 'Duration', slowest),
          stable: ofVersion(stage, name, stable, 'Duration', slowest),
        },
        { label: `${name}: p95 of ${canary} over that of ${stable}` },
      ),
      threshold: TOLERATED_SLOWNESS,
      periods: 2,
    }
  }

  #raise(name: ShiftedFunction, about: 'errors' | 'latency', idea: AlarmIdea): void {
    const { name: stage } = this.#stage
    raiseAlarm(this, stage, {
      ...idea,
      name: canaryAlarmName(stage, name, about).slice(`closeline-${stage}-`.length),
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      missing: 'fine',
    })
  }
}

type AlarmIdea = Pick<AlarmSpec, 'severity' | 'meaning' | 'metric' | 'threshold' | 'periods'>
