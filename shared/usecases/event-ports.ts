import type { DomainEvent } from '../config/events.ts'

/** Tells whoever listens what happened. */
export interface EventPublisher {
  /**
   * Publishes events, each at least once: where it fails, some may have gone out, and go out again with the next try.
   *
   * @throws {UpstreamError} where not all were taken
   */
  publish(events: readonly DomainEvent[]): Promise<void>
}
