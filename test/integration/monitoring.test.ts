import { execFile, execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { prometheusMetrics } from '../../shared/adapters/prometheus-metrics.ts'
import { API_METRICS, seriesName } from '../../shared/config/metric-catalogue.ts'

const RULES = 'docs/monitoring/prometheus-rules.yml'
const DASHBOARD = 'docs/monitoring/grafana-dashboard.json'
const run = promisify(execFile)

/** Every series that there may be: those of the catalogue, those of a process, and the age of CloudWatch's page. */
async function knownSeries(): Promise<Set<string>> {
  const page = await prometheusMetrics().page()
  const ofProcess = [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '')
  const ofApi = API_METRICS.map(({ name, unit }) => seriesName(name, unit))
  const names = [...ofProcess, ...ofApi, 'closeline_metrics_as_of_timestamp_seconds']
  return new Set(names.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]))
}

const withoutComments = (yaml: string) => yaml.replaceAll(/^\s*#.*$/gm, '')
const seriesIn = (text: string) => [...new Set(text.match(/\bcloseline_\w+/g) ?? [])]
const recordedIn = (text: string) => [...new Set(text.match(/\bcloseline:[\w:]+/g) ?? [])]

describe('the rules for Prometheus', () => {
  it('name only series that there are', async () => {
    const known = await knownSeries()
    const named = seriesIn(withoutComments(await readFile(RULES, 'utf8')))
    expect(named.length).toBeGreaterThan(8)
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })

  it('have a rule for each of the old system’s fourteen', async () => {
    const rules = await readFile(RULES, 'utf8')
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
    expect(alerts.slice(0, 14)).toEqual([
      ...['CloselineDown', 'CloselineHighErrorRate', 'CloselineHighLatency', 'CloselineVeryHighLatency'],
      ...['CloselineModelNotLoaded', 'CloselineModelStale', 'CloselineHighRequestRate', 'CloselineHighConcurrency'],
      ...['CloselineNoHighGradeBets', 'CloselineHighGradeBetSpike', 'CloselineCanaryHighErrorRate'],
      ...['CloselineCanarySlower', 'CloselineHighMemory', 'CloselineHighCpu'],
    ])
  })

  it('are each fired, or shown not to be, by a case', async () => {
    const rules = await readFile(RULES, 'utf8')
    const cases = await readFile('test/integration/prometheus-rules-test.yml', 'utf8')
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name ?? '')
    expect(alerts.filter((name) => !cases.includes(`alertname: ${name}`))).toEqual([])
  })
})

describe('the rules for Prometheus, by promtool', () => {
  const version = promtoolVersion()
  if (version === undefined)
    process.stderr.write('promtool is not installed: the rules for Prometheus are not checked\n')

  it.skipIf(version === undefined)('are valid, and the configuration with them', async () => {
    expect((await run('promtool', ['check', 'rules', RULES])).stdout).toMatch(/SUCCESS: \d+ rules found/)
    const config = await run('promtool', ['check', 'config', '--syntax-only', 'docs/monitoring/prometheus.yml'])
    expect(config.stdout).toContain('SUCCESS')
  })

  it.skipIf(version === undefined)(
    'fire when they should, and only then',
    async () => {
      const { stdout } = await run('promtool', ['test', 'rules', 'test/integration/prometheus-rules-test.yml'])
      expect(stdout).toContain('SUCCESS')
    },
    120_000,
  )
})

describe('the dashboard for Grafana', () => {
  it('asks for series that there are, or that the rules record', async () => {
    const text = await readFile(DASHBOARD, 'utf8')
    const known = await knownSeries()
    expect(seriesIn(text).filter((name) => !known.has(name))).toEqual([])
    const recorded = recordedIn(await readFile(RULES, 'utf8'))
    expect(recordedIn(text).filter((name) => !recorded.includes(name))).toEqual([])
    expect(seriesIn(text).length).toBeGreaterThan(6)
  })

  it('has the panels of the old one, each with an id, a place and a source of its own choosing', async () => {
    const { panels, uid, refresh } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as Dashboard
    expect([uid, refresh]).toEqual(['closeline-api', '30s'])
    const titles = panels.map(({ title }) => title)
    expect(titles).toEqual(
      expect.arrayContaining(['Service health', 'Predictions', 'Latency', 'API status', 'Request rate']),
    )
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const shown = panels.filter(({ type }) => type !== 'row')
    expect(shown.every(({ datasource }) => datasource?.uid.endsWith('{datasource}'))).toBe(true)
    expect(shown.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
  })
})

interface Dashboard {
  uid: string
  refresh: string
  panels: {
    id: number
    type: string
    title: string
    gridPos: { x: number; w: number }
    datasource?: { uid: string }
  }[]
}

function promtoolVersion(): string | undefined {
  try {
    return execFileSync('promtool', ['--version'], { encoding: 'utf8' })
  } catch {
    return undefined
  }
}
