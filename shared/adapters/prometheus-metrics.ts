import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { CataloguedMetric } from '../config/metric-catalogue.ts'
import { API_METRICS, seriesName } from '../config/metric-catalogue.ts'
import { invariant } from '../kernel/errors.ts'
import type { Metrics, MetricsPage, MetricUnit } from '../kernel/ports.ts'
import { plainHistogram } from './prometheus-histogram.ts'

/** Series kept of one metric; what comes after goes to one more, whose labels are all `other`. */
const MOST_SERIES = 500

type Dimensions = Readonly<Record<string, string>>
type RecordValue = (value: number) => void

/** One metric: its labels, and the ways to its series by their labels' values. */
interface Family {
  unit: MetricUnit
  labelNames: readonly string[]
  series: Map<string, RecordValue>
  open(labels: Dimensions): RecordValue
  /** Dimensions of the last value and the way to their series: the same object comes again and again. */
  last?: { dimensions: Dimensions; recordValue: RecordValue }
  /** Hands over to the registry what was recorded since the last page; of counters and gauges. */
  hand?: () => void
  /** Lines that are not the registry's; of histograms only. */
  text?: () => string
}

/**
 * {@link Metrics} in memory, as a page for Prometheus.
 *
 * Counts add up; durations become histograms in seconds; percentages, bytes and plain numbers are levels, the last of
 * which is shown. The process's own numbers (memory, event loop, garbage collection) are on the page too.
 *
 * @param known  metrics that are on the page from the start, with their explanations
 * @see Prometheus, "Exposition formats", text-based format
 */
export function prometheusMetrics(known: readonly CataloguedMetric[] = API_METRICS): Metrics & MetricsPage {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'closeline_' })
  const families = new Map<string, Family>()
  for (const metric of known) families.set(metric.name, openFamily(registry, metric))
  return {
    async page() {
      for (const { hand } of families.values()) hand?.()
      const histograms = [...families.values()].flatMap(({ text }) => (text === undefined ? [] : [`\n${text()}\n`]))
      return `${await registry.metrics()}${histograms.join('')}`
    },
    record(name, value, unit, dimensions = NO_DIMENSIONS) {
      if (!Number.isFinite(value)) return
      let family = families.get(name)
      if (family === undefined) {
        assertPrintable(name, dimensions)
        const metric = { name, unit, dimensions: Object.keys(dimensions), help: `${name}, in ${unit}.` }
        family = openFamily(registry, metric)
        families.set(name, family)
      }
      invariant(family.unit === unit, `metric ${name} is counted in ${family.unit}, not in ${unit}`)
      if (family.last?.dimensions !== dimensions) {
        family.last = { dimensions, recordValue: seriesOf(name, family, dimensions) }
      }
      family.last.recordValue(value)
    },
  }
}

const NO_DIMENSIONS: Dimensions = {}

function seriesOf(name: string, family: Family, dimensions: Dimensions): RecordValue {
  const { labelNames, series } = family
  let key = ''
  for (const labelName of labelNames) key += `${dimensions[labelName] ?? ''}\n`
  const known = series.get(key)
  if (known !== undefined) return known
  assertPrintable(name, dimensions)
  const isRoom = series.size < MOST_SERIES
  const keptUnder = isRoom ? key : OVERFLOW
  const opened = series.get(keptUnder) ?? family.open(isRoom ? valuesOf(labelNames, dimensions) : othersOf(labelNames))
  series.set(keptUnder, opened)
  return opened
}

/** No key of values: those have as many ends of lines as there are labels. */
const OVERFLOW = 'other'

function valuesOf(labelNames: readonly string[], dimensions: Dimensions): Dimensions {
  return Object.fromEntries(labelNames.map((labelName) => [labelName, dimensions[labelName] ?? '']))
}

function othersOf(labelNames: readonly string[]): Dimensions {
  return Object.fromEntries(labelNames.map((labelName) => [labelName, 'other']))
}

function openFamily(registry: Registry, metric: Omit<CataloguedMetric, 'unit'> & { unit: MetricUnit }): Family {
  const labelNames = metric.dimensions
  const settings = { name: seriesName(metric.name, metric.unit), help: metric.help, labelNames, registers: [registry] }
  return { unit: metric.unit, labelNames, series: new Map(), ...openerOf(metric.unit, settings) }
}

interface Settings {
  name: string
  help: string
  labelNames: readonly string[]
  registers: Registry[]
}

/** How series of a metric of this unit are opened. */
function openerOf(unit: MetricUnit, settings: Settings): Pick<Family, 'open' | 'hand' | 'text'> {
  if (unit === 'Count') return counterOf(settings)
  if (unit === 'Milliseconds' || unit === 'Seconds') {
    const histogram = plainHistogram(settings.name, settings.help)
    const perSecond = unit === 'Milliseconds' ? 1000 : 1
    // Without labels there is one series, which is shown before it has values.
    const only = settings.labelNames.length === 0 ? histogram.open({}) : undefined
    return {
      text: histogram.text,
      open(labels) {
        const observe = only ?? histogram.open(labels)
        return (value) => observe(value / perSecond)
      },
    }
  }
  return gaugeOf(settings)
}

/** Keeps the latest levels and hands them over for a page: prom-client would look its series up at each value. */
function gaugeOf(settings: Settings): Required<Pick<Family, 'open' | 'hand'>> {
  const gauge = new Gauge(settings)
  const levels: { labels: Dimensions; level: number }[] = []
  return {
    open(labels) {
      const kept = { labels, level: 0 }
      levels.push(kept)
      return (value) => {
        kept.level = value
      }
    },
    hand() {
      for (const { labels, level } of levels) gauge.set(labels, level)
    },
  }
}

/** Adds up on its own and hands the sums over for a page, for the same reason. */
function counterOf(settings: Settings): Required<Pick<Family, 'open' | 'hand'>> {
  const counter = new Counter(settings)
  const sums: { labels: Dimensions; sum: number }[] = []
  return {
    open(labels) {
      const counted = { labels, sum: 0 }
      sums.push(counted)
      return (value) => {
        invariant(value >= 0, `${settings.name} adds up, and ${value} takes away`)
        counted.sum += value
      }
    },
    hand() {
      for (const counted of sums) {
        counter.inc(counted.labels, counted.sum)
        counted.sum = 0
      }
    },
  }
}

/** As CloudWatch has it, so that what works here works there. @throws {InvariantError} */
function assertPrintable(name: string, dimensions: Dimensions): void {
  for (const [dimension, value] of Object.entries(dimensions)) {
    invariant(/^[ -~]*[!-~][ -~]*$/.test(value), `metric ${name} has ${JSON.stringify(value)} for ${dimension}`)
  }
}
