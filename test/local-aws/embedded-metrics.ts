import * as z from 'zod'
import type { MetricValue } from './metric-store.ts'

const lineSchema = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
})

/**
 * The values that CloudWatch takes out of a log line in the embedded metric format; none where the line is another one.
 *
 * @see AWS, "Specification: Embedded metric format", CloudWatch user guide
 */
export function embeddedMetrics(line: string): MetricValue[] {
  if (!line.includes('"_aws"')) return []
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return []
  }
  const parsed = lineSchema.safeParse(json)
  if (!parsed.success) return []
  const { _aws: metadata, ...members } = parsed.data
  const out: MetricValue[] = []
  for (const { Namespace: namespace, Dimensions: sets, Metrics: metrics } of metadata.CloudWatchMetrics) {
    for (const names of sets) {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(members[name])]))
      for (const { Name: name } of metrics) {
        for (const value of [members[name]].flat()) {
          if (typeof value === 'number') out.push({ namespace, name, dimensions, value, atMs: metadata.Timestamp })
        }
      }
    }
  }
  return out
}
