import * as z from 'zod'

export const lakeFileSchema = z.object({
  key: z.string().min(1),
  rows: z.int().min(0),
  bytes: z.int().min(0),
  sha256: z.string().length(64),
})

/** One file of the lake, whole and unchangeable once written. */
export type LakeFile = z.infer<typeof lakeFileSchema>
