import { AWS_TIMEOUTS } from '../config/aws-timeouts.ts'
import type { EventPublisher } from '../usecases/event-ports.ts'

/** An {@link EventPublisher} on a bus; the client's code is read with the first event, which most requests do not publish. */
export function lazyEventBridgePublisher(eventBus: string): EventPublisher {
  let opening: Promise<EventPublisher> | undefined
  async function open() {
    const [{ EventBridgeClient }, { eventbridgeEventPublisher }] = await Promise.all([
      import('@aws-sdk/client-eventbridge'),
      import('./eventbridge-event-publisher.ts'),
    ])
    return eventbridgeEventPublisher(new EventBridgeClient(AWS_TIMEOUTS), eventBus)
  }
  return {
    async publish(events) {
      opening ??= open()
      await (await opening).publish(events)
    },
  }
}
