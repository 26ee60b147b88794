import type { App } from 'aws-cdk-lib'
import { Duration, Stack, TimeZone } from 'aws-cdk-lib'
import type { EventBus, EventPattern } from 'aws-cdk-lib/aws-events'
import { Rule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { IScheduleTarget } from 'aws-cdk-lib/aws-scheduler'
import { Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput, TimeWindow } from 'aws-cdk-lib/aws-scheduler'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { EVENT_SOURCE, EVENT_TYPES } from '../shared/config/events.ts'
import type { FunctionName } from '../shared/config/stage.ts'
import { canaryAlarmName, functionName, SHIFTED_FUNCTIONS } from '../shared/config/stage.ts'
import type { DataStack } from './data-stack.ts'
import { ownArn } from './own-arn.ts'
import type { Timetable } from './schedules.ts'
import { TIMETABLES } from './schedules.ts'
import { stackProps } from './stack-props.ts'
import type { StageConfig } from './stages.ts'

export interface SchedulesStackProps {
  stage: StageConfig
  resources: Pick<DataStack, 'bus' | 'schedulerDeadLetters'>
}

/** How often a delivery that failed is tried again; Scheduler would by itself try 185 times. */
const RETRIES = 3
/** An event that could not be delivered for so long is news no more. */
const OLDEST_EVENT = Duration.hours(2)

const ALARM_CHANGES = { source: ['aws.cloudwatch'], detailType: ['CloudWatch Alarm State Change'] }

interface RuleProps {
  description: string
  pattern: EventPattern
  target: FunctionName
  /** Undefined: the account's own bus, where AWS tells what happens. */
  bus?: EventBus
}

/** When functions run by themselves: at times, and on what the product and its alarms tell. */
export class SchedulesStack extends Stack {
  readonly #stage: StageConfig
  /** Whoever may send there is said beside the queue, which would otherwise need this stack as this one needs it. */
  readonly #deadLetters

  constructor(scope: App, id: string, { stage, resources }: SchedulesStackProps) {
    super(scope, id, stackProps(stage, id, 'When functions run by themselves'))
    this.#stage = stage
    this.#deadLetters = Queue.fromQueueArn(this, 'DeadLetters', resources.schedulerDeadLetters.queueArn)
    this.#schedules()
    this.#rules(resources.bus)
  }

  #schedules(): void {
    const prefix = `closeline-${this.#stage.name}`
    const group = new ScheduleGroup(this, 'Group', { scheduleGroupName: prefix })
    const names = [...new Set(TIMETABLES.map((timetable) => timetable.function))]
    const role = this.#schedulerRole(names, group.scheduleGroupArn)
    for (const timetable of TIMETABLES) {
      new Schedule(this, `Schedule-${timetable.name}`, {
        scheduleName: `${prefix}-${timetable.name}`,
        scheduleGroup: group,
        description: timetable.description,
        schedule: this.#expression(timetable),
        timeWindow:
          timetable.withinMinutes === 0
            ? TimeWindow.off()
            : TimeWindow.flexible(Duration.minutes(timetable.withinMinutes)),
        target: this.#target(timetable, role),
      })
    }
  }

  #expression({ at: { minute, hour = '*', weekDay } }: Timetable): ScheduleExpression {
    const day = weekDay === undefined ? { day: '*' } : { weekDay }
    return ScheduleExpression.cron({ minute, hour, month: '*', ...day, timeZone: TimeZone.of(this.#stage.timeZone) })
  }

  #target({ function: name, payload, patienceMinutes }: Timetable, role: Role): IScheduleTarget {
    return {
      bind: () => ({
        arn: this.#arnOf(name),
        role,
        input: ScheduleTargetInput.fromObject(payload),
        retryPolicy: { maximumRetryAttempts: RETRIES, maximumEventAgeInSeconds: patienceMinutes * 60 },
        deadLetterConfig: { arn: this.#deadLetters.queueArn },
      }),
    }
  }

  /** May call the scheduled functions and no version of them, for the schedules of this group alone. */
  #schedulerRole(names: readonly FunctionName[], groupArn: string): Role {
    const conditions = { StringEquals: { 'aws:SourceAccount': this.account, 'aws:SourceArn': groupArn } }
    const statements = [
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: names.map((name) => this.#arnOf(name)) }),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.#deadLetters.queueArn] }),
    ]
    return new Role(this, 'SchedulerRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions }),
      inlinePolicies: { Call: new PolicyDocument({ statements }) },
    })
  }

  #rules(bus: EventBus): void {
    this.#rule('Alerts', {
      ...{ bus, target: 'alert', description: 'Everything that the product tells; the rules of alerts choose' },
      pattern: { source: [EVENT_SOURCE], detailType: [...EVENT_TYPES] },
    })
    this.#rule('Retraining', {
      ...{ bus, target: 'training', description: 'Models are to be trained anew' },
      pattern: { source: [EVENT_SOURCE], detailType: ['RetrainingRequested' satisfies (typeof EVENT_TYPES)[number]] },
    })
    this.#rule('Alarms', {
      ...{ target: 'alert', description: 'An alarm of the stage changes its state' },
      pattern: { ...ALARM_CHANGES, detail: { alarmName: [{ prefix: `closeline-${this.#stage.name}-` }] } },
    })
    this.#rule('Canaries', {
      ...{ target: 'guard', description: 'The alarm of a canary fires' },
      pattern: { ...ALARM_CHANGES, detail: { alarmName: this.#canaryAlarms(), state: { value: ['ALARM'] } } },
    })
  }

  #canaryAlarms(): string[] {
    const subjects = ['errors', 'latency'] as const
    return SHIFTED_FUNCTIONS.flatMap((name) => subjects.map((about) => canaryAlarmName(this.#stage.name, name, about)))
  }

  #rule(id: string, { description, pattern, target, bus }: RuleProps): void {
    const functionArn = this.#arnOf(target)
    const handler = LambdaFunction.fromFunctionAttributes(this, `${id}Target`, { functionArn, sameEnvironment: true })
    const delivery = { retryAttempts: RETRIES, maxEventAge: OLDEST_EVENT, deadLetterQueue: this.#deadLetters }
    new Rule(this, `Rule-${id}`, {
      ruleName: `closeline-${this.#stage.name}-${id.toLowerCase()}`,
      description,
      eventPattern: pattern,
      targets: [new FunctionTarget(handler, delivery)],
      ...(bus === undefined ? {} : { eventBus: bus }),
    })
  }

  #arnOf(name: FunctionName): string {
    return ownArn(this, 'lambda', 'function', functionName(this.#stage.name, name), ':')
  }
}
