import { DomainError, messageOf } from '../kernel/errors.ts'
import type { MarketsModel } from './markets-model.ts'
import { marketsModelSchema } from './markets-model.ts'

/** A market model as JSON text. Equal models give equal text. */
export function encodeMarkets(model: MarketsModel): string {
  return JSON.stringify(model)
}

/**
 * Reads a market model back, to the last bit.
 *
 * @param name  what errors call it
 * @throws {DomainError} `corrupt_object` where it is no market model of this version
 */
export function decodeMarkets(text: string, name: string): MarketsModel {
  try {
    return marketsModelSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new DomainError('corrupt_object', `${name} is no market model: ${messageOf(error)}`, { cause: error })
  }
}
