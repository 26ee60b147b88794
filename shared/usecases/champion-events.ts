import type { DomainEvent } from '../config/events.ts'
import type { ChampionMove } from './move-champion.ts'

/** What a person's move of the champion has to tell; nothing where it stayed where it was. */
export function eventsOfMove(type: 'ModelPromoted' | 'ModelRolledBack', { was, is }: ChampionMove): DomainEvent[] {
  if (was?.version === is.version) return []
  return [{ type, at: is.since, modelVersion: is.version, previous: was?.version ?? null, reason: is.reason }]
}
