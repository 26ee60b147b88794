import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { CanaryStack } from '../../lib/canary-stack.ts'
import { SAVED_QUERIES } from '../../lib/data/saved-queries.ts'
import { LAKE_TABLES } from '../../lib/data/tables.ts'
import { DataStack } from '../../lib/data-stack.ts'
import { readStage } from '../../lib/stages.ts'
import { WatchStack } from '../../lib/watch-stack.ts'
import { testMessages } from '../../shared/alerts/examples.ts'
import type { Traffic } from '../../shared/config/traffic.ts'

const RUNBOOK = readFileSync('RUNBOOK.md', 'utf8')
const GUIDE = readFileSync('docs/aws.md', 'utf8')
const SHARED: Traffic = { stable: '7', canary: '8', weight: 0.1, previous: '6' }

interface StageAlarm {
  stack: string
  name: string
  description: string
  /** Metrics that it looks at: what it is paid for by. */
  metrics: number
}

/** Every alarm that a stage can have, as its stacks make it. */
function alarms(): StageAlarm[] {
  const app = new App({
    context: { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:defaultCrossStackReferences': 'weak' },
  })
  const stage = readStage(() => undefined)
  const traffic = { prediction: SHARED, scoring: SHARED }
  const data = new DataStack(app, 'Data', { stage })
  const stacks = [
    new CanaryStack(app, 'Canary', { stage, traffic }),
    new WatchStack(app, 'Watch', { stage, traffic, apiId: 'abc123', data }),
  ]
  return stacks.flatMap((stack) =>
    Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => ({
      stack: stack.node.id,
      name: String(Properties.AlarmName).replace('closeline-dev-', ''),
      description: String(Properties.AlarmDescription),
      metrics: metricsOf(Properties),
    })),
  )
}

function metricsOf({
  MetricName,
  Metrics = [],
}: {
  MetricName?: string
  Metrics?: { MetricStat?: unknown }[]
}): number {
  return MetricName === undefined ? Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length : 1
}

/** A heading of the third level, with what stands below it. */
interface Section {
  heading: string
  text: string
}

function sections(below: string): Section[] {
  const part = RUNBOOK.split(/^## /m).find((text) => text.startsWith(`${below}\n`)) ?? ''
  return part
    .split(/^### /m)
    .slice(1)
    .map((text) => ({ heading: text.slice(0, text.indexOf('\n')), text }))
}

const ANCHOR = /RUNBOOK\.md#([\w-]+)/g

/** How a link names a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')

describe('the runbook', () => {
  it('has a heading for every alarm, and no heading for an alarm that there is not', () => {
    const names = alarms().map(({ name }) => name)
    expect(names.length).toBeGreaterThanOrEqual(25)
    expect(
      sections('Alarms')
        .map(({ heading }) => heading)
        .sort(),
    ).toEqual([...names].sort())
  })

  it('is where the description of each alarm says', () => {
    for (const { name, description } of alarms()) expect(description.endsWith(` RUNBOOK.md#${name}`), name).toBe(true)
  })

  it('has a heading for every link of a message, and of a rule of Prometheus', () => {
    const messages = testMessages(0).map(({ content }) => content.link ?? '')
    const rules = readFileSync('docs/monitoring/prometheus-rules.yml', 'utf8')
    const links = [...messages.join('\n').matchAll(ANCHOR), ...rules.matchAll(ANCHOR)].map(([, anchor]) => anchor)
    const headings = [...sections('Alarms'), ...sections('Messages')].map(({ heading }) => heading)
    expect(new Set(links).size).toBeGreaterThan(10)
    // The alarm of a trial is one that there is not.
    expect(links.filter((link) => !headings.includes(link ?? ''))).toEqual(['test'])
  })

  it.each([...sections('Alarms'), ...sections('Messages')])(
    'says of $heading what it means, where to look, what to do and how to undo it',
    ({ text }) => {
      const parts = [...text.matchAll(/^- \*\*(.+?)\.\*\* (.+)$/gm)]
      expect(parts.map(([, part]) => part)).toEqual(['Meaning', 'Look here', 'Do this', 'Undo'])
      for (const [, , words] of parts) expect(words?.length).toBeGreaterThan(15)
    },
  )

  it('links to headings that it has', () => {
    const anchors = [...RUNBOOK.matchAll(/^##+ (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? ''))
    const links = [...RUNBOOK.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
    expect(links.length).toBeGreaterThan(10)
    for (const link of links) expect(anchors).toContain(link)
  })

  it('says how to shift, roll back, rotate, replay and restore', () => {
    expect(sections('Operating').map(({ heading }) => heading)).toEqual([
      'Shifting traffic',
      'Rolling back',
      'The emergency path',
      'Rotating secrets',
      'Replaying dead letters',
      'Replaying events',
      'Restoring an object',
      'Stopping work',
    ])
  })
})

describe('the guide to AWS', () => {
  it('names every alarm', () => {
    const missing = alarms().filter(({ name }) => !GUIDE.includes(`\`${name}\``))
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  it('names saved queries, tables and stacks that there are', () => {
    const named = [...GUIDE.matchAll(/`((?:roi|calibration|versions|latest|latency)-[a-z-]+)`/g)].map(
      ([, name]) => name,
    )
    expect(named.length).toBeGreaterThanOrEqual(5)
    for (const name of named) expect(SAVED_QUERIES.map((query) => query.name)).toContain(name)
    for (const { name } of LAKE_TABLES) expect(GUIDE).toContain(`\`${name}\``)
  })

  it('counts the alarms and the metrics that they are paid for by', () => {
    const count = (stack: string) => {
      const found = alarms().filter((alarm) => alarm.stack === stack)
      return `${found.length} alarms over ${found.reduce((sum, { metrics }) => sum + metrics, 0)} metrics`
    }
    expect(GUIDE).toContain(count('Watch'))
    expect(GUIDE).toContain(count('Canary'))
  })

  it('adds its costs up', () => {
    const tables = GUIDE.split('| Item | Arithmetic | $ |').slice(1)
    expect(tables).toHaveLength(2)
    for (const table of tables) {
      const cells = [...(table.split('\n\n')[0]?.matchAll(/\| (\**)([0-9]+\.[0-9]{2})\** \|$/gm) ?? [])]
      const items = cells.filter(([, bold]) => bold === '').map(([, , dollars]) => Math.round(Number(dollars) * 100))
      const [total] = cells.filter(([, bold]) => bold !== '').map(([, , dollars]) => Math.round(Number(dollars) * 100))
      expect(items.length).toBeGreaterThan(5)
      expect(items.reduce((sum, cents) => sum + cents, 0)).toBe(total)
    }
  })
})
