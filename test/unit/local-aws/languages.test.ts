import { describe, expect, it } from 'vitest'
import { alarmSchema, judgeAlarm } from '../../local-aws/alarm.ts'
import { embeddedMetrics } from '../../local-aws/embedded-metrics.ts'
import { matchesPattern, parseEventPattern } from '../../local-aws/event-pattern.ts'
import type { References } from '../../local-aws/intrinsics.ts'
import { resolve } from '../../local-aws/intrinsics.ts'
import { loggedValue, matchesLogPattern } from '../../local-aws/log-pattern.ts'
import { metricMath } from '../../local-aws/metric-math.ts'
import { metricStore } from '../../local-aws/metric-store.ts'
import { isAllowed, parsePolicy } from '../../local-aws/role-policy.ts'

describe('metric math', () => {
  const values: Record<string, number | undefined> = { a: 6, b: 2, none: undefined, nought: 0 }
  const worth = (expression: string) => metricMath(expression, (id) => values[id])

  it.each<[string, number | undefined]>([
    ['100 * (FILL(none, 0) + b) / a', 200 / 6],
    ['a - b - 1', 3],
    ['a / b / 3', 1],
    ['2 ^ 3 * 2', 16],
    ['-a + 10', 4],
    ['a / nought', undefined],
    ['a + none', undefined],
    ['IF(a >= 6 AND b < 2, 1, 5)', 5],
    ['IF(a >= 6 OR b < 2, 1, 5)', 1],
    ['IF(a > b, a, none)', 6],
    ['MAX([a, b, none])', 6],
    ['MIN([a, b])', 2],
    ['SUM([a, none])', 6],
    ['AVG([a, b])', 4],
  ])('%s is %s', (expression, expected) => {
    const found = worth(expression)
    if (expected === undefined) expect(found).toBeUndefined()
    else expect(found).toBeCloseTo(expected, 12)
  })

  it.each(['a +', '(a', 'a b', 'RATE(a)'])('refuses %s', (expression) => {
    expect(() => worth(expression)).toThrow(SyntaxError)
  })
})

describe('an alarm', () => {
  const MINUTE = 60_000
  const alarm = (fields: object = {}) =>
    alarmSchema.parse({
      ...{ AlarmName: 'a', Namespace: 'N', MetricName: 'm', Statistic: 'Sum', Period: 60, Threshold: 2 },
      ...{ EvaluationPeriods: 3, DatapointsToAlarm: 2, ComparisonOperator: 'GreaterThanThreshold' },
      ...fields,
    })
  /** Judged after minutes with these sums. */
  const judged = (sums: (number | undefined)[], fields: object = {}) => {
    const store = metricStore()
    for (const [minute, value] of sums.entries()) {
      if (value !== undefined) store.put({ namespace: 'N', name: 'm', dimensions: {}, value, atMs: minute * MINUTE })
    }
    return judgeAlarm(alarm(fields), store, sums.length * MINUTE - 1, 'OK').state
  }

  it('fires where enough of the latest periods are beyond its threshold', () => {
    expect(judged([3, 0, 3])).toBe('ALARM')
    expect(judged([0, 0, 3])).toBe('OK')
    expect(judged([3, 3, 0, 0, 0])).toBe('OK')
    expect(judged([2, 2, 2])).toBe('OK')
    expect(judged([2, 2, 2], { ComparisonOperator: 'GreaterThanOrEqualToThreshold' })).toBe('ALARM')
  })

  it('takes missing periods for what it is told to', () => {
    expect(judged([3, undefined, undefined], { TreatMissingData: 'breaching' })).toBe('ALARM')
    expect(judged([3, undefined, undefined], { TreatMissingData: 'notBreaching' })).toBe('OK')
    expect(judged([undefined, undefined, undefined])).toBe('INSUFFICIENT_DATA')
    expect(judged([undefined, undefined, undefined], { TreatMissingData: 'ignore' })).toBe('OK')
  })
})

describe('a statistic', () => {
  it('is of exactly the series with its dimensions', () => {
    const store = metricStore()
    for (const value of [1, 2, 3, 4])
      store.put({ namespace: 'N', name: 'm', dimensions: { a: 'x', b: 'y' }, value, atMs: 0 })
    const of = (statistic: string, dimensions: Record<string, string>) =>
      store.statistic({ namespace: 'N', name: 'm', dimensions }, statistic, 0, 1)
    expect(
      ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount', 'p50', 'p99'].map((s) => of(s, { b: 'y', a: 'x' })),
    ).toEqual([10, 2.5, 1, 4, 4, 2, 4])
    expect(of('Sum', { a: 'x' })).toBeUndefined()
  })
})

describe('an event pattern', () => {
  const event = {
    source: 'closeline',
    detail: { psi: 0.3, name: 'closeline-dev-x', state: { value: 'ALARM' }, tags: ['a', 'b'], none: null },
  }
  it.each<[boolean, object]>([
    [true, { source: ['other', 'closeline'] }],
    [false, { source: ['other'] }],
    [true, { detail: { state: { value: ['ALARM'] } } }],
    [false, { detail: { state: { value: ['OK'] } } }],
    [true, { detail: { name: [{ prefix: 'closeline-dev-' }] } }],
    [false, { detail: { name: [{ suffix: 'dev-' }] } }],
    [true, { detail: { psi: [{ numeric: ['>', 0.2, '<=', 0.3] }] } }],
    [false, { detail: { psi: [{ numeric: ['>', 0.2, '<', 0.3] }] } }],
    [true, { detail: { tags: ['b'] } }],
    [true, { detail: { other: [{ exists: false }] } }],
    [false, { detail: { other: [{ 'anything-but': ['x'] }] } }],
    [true, { detail: { name: [{ 'anything-but': { prefix: 'other' } }] } }],
    [true, { detail: { name: [{ wildcard: 'closeline-*-x' }] } }],
    [true, { $or: [{ source: ['other'] }, { detail: { none: [null] } }] }],
  ])('matches: %s for %j', (expected, pattern) => {
    expect(matchesPattern(parseEventPattern(pattern), event)).toBe(expected)
  })

  it('with a filter that is not known here is refused', () => {
    expect(() => matchesPattern({ source: [{ cidr: '10.0.0.0/8' }] }, event)).toThrow(SyntaxError)
  })
})

describe('a pattern of log lines', () => {
  const line = JSON.stringify({ version: '8', total: 0, list: [3], nested: { used: 120 }, grade: 'A' })
  it.each<[boolean, string]>([
    [true, '{ ($.version = "8") && (($.total = *) || ($.total[0] = *)) }'],
    [false, '{ ($.version = "7") && ($.total = *) }'],
    [true, '{ $.list[0] = 3 }'],
    [true, '{ $.nested.used >= 120 }'],
    [false, '{ $.nested.used > 120 }'],
    [false, '{ $.missing = * }'],
    [true, '{ $.grade = "A*" }'],
    [true, '{ $.grade != "B" || $.missing = * }'],
  ])('matches: %s for %s', (expected, pattern) => {
    expect(matchesLogPattern(pattern, line)).toBe(expected)
  })

  it('matches no line that is no JSON, and takes a number from one that is', () => {
    expect(matchesLogPattern('{ $.a = * }', 'START')).toBe(false)
    expect([loggedValue('1', line), loggedValue('$.nested.used', line), loggedValue('$.grade', line)]).toEqual([
      1,
      120,
      undefined,
    ])
  })
})

describe('a line in the embedded metric format', () => {
  it('gives each value once for each set of dimensions', () => {
    const CloudWatchMetrics = [{ Namespace: 'N', Dimensions: [['v'], []], Metrics: [{ Name: 'm' }] }]
    const line = JSON.stringify({ _aws: { Timestamp: 5, CloudWatchMetrics }, v: '8', m: [1, 2] })
    const value = { namespace: 'N', name: 'm', atMs: 5 }
    expect(embeddedMetrics(line)).toEqual([
      { ...value, dimensions: { v: '8' }, value: 1 },
      { ...value, dimensions: { v: '8' }, value: 2 },
      { ...value, dimensions: {}, value: 1 },
      { ...value, dimensions: {}, value: 2 },
    ])
    expect(embeddedMetrics('{"level":"info"}')).toEqual([])
  })
})

describe('the functions of a template', () => {
  const references: References = {
    stackName: 'closeline-dev-api',
    ref: (id) => `ref-${id}`,
    attribute: (id, name) => `${id}-${name}`,
    output: (stack, output) => `${stack}/${output}`,
    exported: (name) => name,
    condition: (name) => name === 'Yes',
  }
  it.each<[unknown, unknown]>([
    [{ Ref: 'AWS::Region' }, 'eu-central-1'],
    [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':x:', { Ref: 'Bucket' }]] }, 'arn:aws:x:ref-Bucket'],
    [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'Role-Arn'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
    [{ 'Fn::GetStackOutput': { StackName: 's', OutputName: 'o' } }, 's/o'],
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation writes variables so
      { 'Fn::Sub': ['${AWS::StackName}-${X}-${Role.Arn}-${!Y}', { X: { Ref: 'Z' } }] },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a literal of CloudFormation
      'closeline-dev-api-ref-Z-Role-Arn-${Y}',
    ],
    [{ a: [{ 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] }, 2], b: { Ref: 'AWS::NoValue' } }, { a: [2] }],
  ])('work %j out', (value, expected) => {
    expect(resolve(value, references)).toEqual(expected)
  })

  it('that are not known here are refused', () => {
    expect(() => resolve({ 'Fn::Cidr': [] }, references)).toThrow('Fn::Cidr')
  })
})

describe('policies', () => {
  const statements = parsePolicy({
    Statement: [
      { Effect: 'Allow', Action: ['s3:Get*', 's3:PutObject'], Resource: 'arn:aws:s3:::b/lake/*' },
      { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::b/lake/secret' },
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: 'arn:aws:s3:::b',
        Condition: { StringLikeIfExists: { 's3:prefix': ['lake/*'] } },
      },
    ],
  })
  it.each<[boolean, string, string, Record<string, string>]>([
    [true, 's3:GetObject', 'arn:aws:s3:::b/lake/a/b', {}],
    [false, 's3:DeleteObject', 'arn:aws:s3:::b/lake/a', {}],
    [false, 's3:GetObject', 'arn:aws:s3:::b/lake/secret', {}],
    [false, 's3:GetObject', 'arn:aws:s3:::b/other', {}],
    [true, 's3:ListBucket', 'arn:aws:s3:::b', { 's3:prefix': 'lake/x' }],
    [true, 's3:ListBucket', 'arn:aws:s3:::b', {}],
    [false, 's3:ListBucket', 'arn:aws:s3:::b', { 's3:prefix': 'models/' }],
  ])('allow %s: %s on %s with %j', (expected, action, resource, context) => {
    expect(isAllowed(statements, { action, resource, context })).toBe(expected)
  })
})
