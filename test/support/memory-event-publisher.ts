import type { DomainEvent } from '../../shared/config/events.ts'
import { encodeEvent, eventSchema } from '../../shared/config/events.ts'
import type { EventPublisher } from '../../shared/usecases/event-ports.ts'

/** An event publisher that remembers what it published, as a reader would get it. */
export function memoryEventPublisher(): EventPublisher & { events: DomainEvent[] } {
  const events: DomainEvent[] = []
  return {
    events,
    publish: async (published) => {
      events.push(...published.map((event) => eventSchema.parse(JSON.parse(encodeEvent(event)))))
    },
  }
}
