import type { Alarms } from './alarms.ts'
import { alarmMessage, createAlarms } from './alarms.ts'
import type { AwsServices } from './aws-services.ts'
import { deliverEvent } from './deliver-event.ts'
import type { EventBuses } from './event-bus.ts'
import { eventBuses } from './event-bus.ts'
import type { Invoked } from './lambda-invocations.ts'
import type { MetricStore } from './metric-store.ts'
import { createSchedules } from './schedules.ts'

interface Deps extends Pick<AwsServices, 'functions' | 'permissions' | 'queues' | 'topics'> {
  metrics: MetricStore
  clock: () => number
  /** Invokes a function without waiting for it. */
  invokeEvent: (target: string, payload: string) => Promise<Invoked>
}

/** What calls functions by itself: buses, alarms that tell the default bus and their topics, and schedules. */
export function eventServices(deps: Deps): Pick<AwsServices, 'buses' | 'alarms' | 'schedules'> {
  const { queues, topics, metrics, clock, invokeEvent } = deps
  const buses: EventBuses = eventBuses(
    (target, input, rule) => deliverEvent(deps, { target, input, rule }),
    (queue, event) => queues.send(queue, JSON.stringify(event)),
  )
  const alarms: Alarms = createAlarms({
    ...{ store: metrics, clock },
    onChange: (change) => void buses.send('default', change),
    onAction(action, change) {
      if (!action.includes(':sns:')) return
      topics.publish({ topicArn: action, subject: undefined, message: alarmMessage(change), attributes: {} })
    },
  })
  return { buses, alarms, schedules: createSchedules(invokeEvent) }
}
