import * as z from 'zod'
import { UpstreamError } from '../kernel/errors.ts'

/** The rows of an answer. @throws {UpstreamError} where one is not of the schema: another version wrote it */
export function rowsOf<T>(table: string, schema: z.ZodType<T>, data: unknown): T[] {
  const parsed = z.array(schema).safeParse(data)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const message = `a row of ${table} is not of our schema: ${issue?.path.join('.')}: ${issue?.message}`
  throw new UpstreamError('Supabase', message, { retryable: false })
}
