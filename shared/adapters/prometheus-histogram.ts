/** Bounds of durations in seconds: those that dashboards know, and below them what a prediction in memory takes. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

type Labels = Readonly<Record<string, string>>

/** Durations of one metric, by its labels. */
export interface PlainHistogram {
  /** The way to record seconds of one series. */
  open(labels: Labels): (seconds: number) => void
  /** The metric's lines on a page. */
  text(): string
}

interface Series {
  labels: string
  /** Values up to each bound and above the one before; the last of what is above all. */
  counts: Float64Array
  sum: number
}

/**
 * A histogram that looks nothing up when a value comes: prom-client's checks and hashes the labels each time, which takes
 * 3 µs, on every request.
 *
 * @see Prometheus, "Exposition formats", text-based format, "Histograms and summaries"
 */
export function plainHistogram(name: string, help: string): PlainHistogram {
  const all: Series[] = []
  return {
    open(labels) {
      const series = { labels: written(labels), counts: new Float64Array(SECONDS.length + 1), sum: 0 }
      all.push(series)
      return (seconds) => {
        let i = 0
        while (i < SECONDS.length && seconds > (SECONDS[i] as number)) i += 1
        series.counts[i] = (series.counts[i] as number) + 1
        series.sum += seconds
      }
    },
    text() {
      const lines = all.flatMap((series) => linesOf(name, series))
      return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines].join('\n')
    },
  }
}

function linesOf(name: string, { labels, counts, sum }: Series): string[] {
  let total = 0
  const buckets = [...SECONDS.map(String), '+Inf'].map((bound, i) => {
    total += counts[i] as number
    return `${name}_bucket{le="${bound}"${labels === '' ? '' : `,${labels}`}} ${total}`
  })
  const of = labels === '' ? '' : `{${labels}}`
  return [...buckets, `${name}_sum${of} ${sum}`, `${name}_count${of} ${total}`]
}

function written(labels: Labels): string {
  return Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`,
    )
    .join(',')
}
