import type { App } from 'aws-cdk-lib'
import { Stack } from 'aws-cdk-lib'
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch'
import { SHIFTED_FUNCTIONS } from '../shared/config/stage.ts'
import type { DataStack } from './data-stack.ts'
import { stackProps } from './stack-props.ts'
import type { StageConfig } from './stages.ts'
import type { StageTraffic } from './traffic.ts'
import { LOG_METRICS, takeFromLog } from './watch/log-metrics.ts'
import { raiseAlarm } from './watch/raise-alarm.ts'
import { apiAlarms, servingAlarms } from './watch/request-alarms.ts'
import { apiRow, costRow, headRow, predictionRow, scheduleRow, versionRow, workRow } from './watch/widgets.ts'
import { predictionAlarms, workAlarms } from './watch/work-alarms.ts'

export interface WatchStackProps {
  stage: StageConfig
  /** Versions that the dashboard shows beside each other. */
  traffic: StageTraffic
  /** Without it nothing watches the API as such. */
  apiId?: string
  data: Pick<DataStack, 'alertTopic' | 'failures' | 'schedulerDeadLetters'>
}

/** What a person looks at, and what calls one: the dashboard, and alarms that each have a heading in the runbook. */
export class WatchStack extends Stack {
  constructor(scope: App, id: string, { stage, traffic, apiId, data }: WatchStackProps) {
    super(scope, id, stackProps(stage, id, 'Dashboard and alarms'))
    const { name } = stage
    for (const metric of Object.values(LOG_METRICS)) takeFromLog(this, name, metric)
    const alarms = [
      ...(apiId === undefined ? [] : apiAlarms(stage, apiId)),
      ...servingAlarms(stage),
      ...predictionAlarms(name),
      ...workAlarms(name, data),
    ]
    for (const alarm of alarms) raiseAlarm(this, name, alarm)
    new Dashboard(this, 'Dashboard', {
      dashboardName: `closeline-${name}`,
      widgets: [
        headRow(name),
        ...SHIFTED_FUNCTIONS.map((fn) => versionRow(name, fn, traffic[fn])),
        ...(apiId === undefined ? [] : [apiRow(apiId)]),
        predictionRow(name),
        workRow(name, data),
        scheduleRow(name),
        costRow(name),
      ],
    })
  }
}
