import * as z from 'zod'
import { DomainError } from '../kernel/errors.ts'
import { STAGES } from './stage.ts'

/** The model that a stage's next version of the prediction function bears for as long as that version lives. */
const pinnedModelSchema = z.strictObject({
  /** Name of the version in the registry. */
  version: z.string().min(1),
  /** Of its ONNX file. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in lower-case hex'),
})

/** `models/pinned.json`: a stage without an entry follows the registry's champion. */
const pinnedFileSchema = z.partialRecord(z.enum(STAGES), pinnedModelSchema)
export type PinnedFile = z.infer<typeof pinnedFileSchema>

/** @throws {DomainError} `pinned_invalid`, naming the field */
export function parsePinnedFile(text: string): PinnedFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new DomainError('pinned_invalid', 'models/pinned.json is no JSON', { cause })
  }
  const parsed = pinnedFileSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new DomainError('pinned_invalid', `models/pinned.json: ${issue?.path.join('.')}: ${issue?.message}`)
}
