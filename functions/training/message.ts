import * as z from 'zod'
import { eventSchema } from '../../shared/config/events.ts'
import type { TrainingPayload } from '../../shared/config/training-payload.ts'
import { trainingPayloadSchema } from '../../shared/config/training-payload.ts'

/** An event of the bus, as EventBridge delivers it: what is read of it. */
const busEventSchema = z.object({ 'detail-type': z.string(), detail: eventSchema })

/**
 * What a message asks for: a schedule's payload says it itself, an event `RetrainingRequested` in its detail.
 *
 * @param deliveryId  of this delivery and every repetition of it: names a request that names none itself
 * @throws {z.ZodError} where it is neither
 */
export function parseTrainingMessage(
  message: unknown,
  deliveryId: string,
): Omit<TrainingPayload, 'requestId'> & { requestId: string } {
  const { requestId, ...request } = isBusEvent(message)
    ? requestOf(message)
    : trainingPayloadSchema.parse(message ?? {})
  return { ...request, requestId: requestId ?? deliveryId }
}

function isBusEvent(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'detail-type' in message
}

function requestOf(message: unknown): TrainingPayload {
  const { detail } = busEventSchema.parse(message)
  const { rule, reason, requestId } = z
    .object({ ...trainingPayloadSchema.shape, type: z.literal('RetrainingRequested') })
    .parse(detail)
  return { rule, reason, requestId }
}
