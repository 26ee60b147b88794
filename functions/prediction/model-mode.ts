import * as z from 'zod'
import type { ServingModel } from '../../shared/usecases/serving-model.ts'

export const modelMode = z.enum(['pointer', 'pinned']).meta({
  description:
    '`pinned` where this version of the function serves one model for good, `pointer` where it follows the champion of the registry.',
  example: 'pointer',
})

/** How the model is chosen that serves. */
export function modeOf({ pin }: Pick<ServingModel, 'pin'>): z.infer<typeof modelMode> {
  return pin === undefined ? 'pointer' : 'pinned'
}
