import * as z from 'zod'
import { isAllowableOrigin } from '../shared/config/allowed-origin.ts'
import type { FunctionName, Stage } from '../shared/config/stage.ts'
import { STAGES } from '../shared/config/stage.ts'

/** What distinguishes one installation from another; every stack is a function of this and of nothing else. */
export interface StageConfig {
  name: Stage
  /** IANA name of the zone that schedules and quiet hours are told in. */
  timeZone: string
  /** Whether bucket, queues and logs outlive their stacks. */
  retainData: boolean
  logRetentionDays: 7 | 30 | 90
  /** Undefined where nobody has named it yet: such a stage can be synthesized, but CloudFormation refuses to deploy it. */
  supabaseUrl: string | undefined
  /** Origins whose pages may call the API, beside its own. */
  allowedOrigins: readonly string[]
  architecture: 'arm64' | 'x86_64'
  /** Requests a second that the API takes from all callers together, and how many at once. */
  throttle: { rate: number; burst: number }
  /** Executions at once that a function may have; those that are not named share what the account has left. */
  reservedConcurrency: Readonly<Partial<Record<FunctionName, number>>>
  /** Subscribed to the topic of alerts; who it belongs to has to confirm it. */
  alarmEmail: string | undefined
  /** Age at which a function looks for newer models, snapshots and keys. */
  refreshSeconds: number
  /** Hours in which only what is critical is told at once, as `22:00-07:00` in the stage's zone; empty for none. */
  quietHours: string
}

type Fixed = Pick<
  StageConfig,
  'retainData' | 'logRetentionDays' | 'throttle' | 'reservedConcurrency' | 'refreshSeconds' | 'quietHours'
>

/**
 * One run at a time of what must not overlap, and an end to what callers can cost. A function that has nothing reserved
 * in `dev` runs all the same: an account that is new has ten executions at once in all and lets nobody reserve any.
 */
const RESERVED = { pipeline: 1, training: 1, drift: 1, guard: 1, alert: 2 } as const

const FIXED: Record<Stage, Fixed> = {
  dev: {
    retainData: false,
    logRetentionDays: 7,
    throttle: { rate: 10, burst: 20 },
    reservedConcurrency: {},
    refreshSeconds: 60,
    quietHours: '',
  },
  staging: {
    retainData: false,
    logRetentionDays: 30,
    throttle: { rate: 50, burst: 100 },
    reservedConcurrency: { ...RESERVED, prediction: 20, scoring: 10 },
    refreshSeconds: 60,
    quietHours: '',
  },
  prod: {
    retainData: true,
    logRetentionDays: 90,
    throttle: { rate: 100, burst: 200 },
    reservedConcurrency: { ...RESERVED, prediction: 50, scoring: 25 },
    refreshSeconds: 60,
    quietHours: '23:00-07:00',
  },
}

const HOURS = /^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$/

/** What belongs to whoever installs: in `cdk.json` under `stages`, or for one command by `-c name=value`. */
const ownSchema = z.strictObject({
  supabaseUrl: z
    .url()
    .refine((url) => /^https:|^http:\/\/(127\.0\.0\.1|localhost)(:|\/|$)/.test(url), 'https, but on this machine')
    .optional(),
  origins: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(',').filter((origin) => origin !== ''))])
    .refine((origins) => origins.every((origin) => isAllowableOrigin(origin, ['https:'])), {
      error: 'a list of https://host and chrome-extension://id apart by commas, without paths and without *',
    })
    .default([]),
  timeZone: z.string().refine(isTimeZone, { error: 'an IANA time zone, such as Europe/London' }).default('UTC'),
  architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
  alarmEmail: z.email().optional(),
  quietHours: z.union([z.literal(''), z.string().regex(HOURS, 'hours such as 22:00-07:00')]).optional(),
  /** `off` for an account that has no executions to reserve. */
  reserved: z.enum(['on', 'off']).default('on'),
})

const OWN_NAMES = Object.keys(ownSchema.shape)

/**
 * The stage that `-c stage=` names, `dev` where it names none.
 *
 * @param context  tells the value of a context key, undefined where it has none
 * @throws {Error} naming the key that is wrong
 */
export function readStage(context: (key: string) => unknown): StageConfig {
  const name = parse(z.enum(STAGES).default('dev'), context('stage'), 'stage')
  const written = parse(
    z.partialRecord(z.enum(STAGES), z.record(z.string(), z.unknown())),
    context('stages') ?? {},
    'stages',
  )
  const named = OWN_NAMES.map((key) => [key, context(key)]).filter(([, value]) => value !== undefined)
  const own = parse(ownSchema, { ...written[name], ...Object.fromEntries(named) }, `stage ${name}`)
  const fixed = FIXED[name]
  return {
    ...fixed,
    name,
    timeZone: own.timeZone,
    supabaseUrl: own.supabaseUrl,
    allowedOrigins: own.origins,
    architecture: own.architecture,
    alarmEmail: own.alarmEmail,
    quietHours: own.quietHours ?? fixed.quietHours,
    reservedConcurrency: own.reserved === 'on' ? fixed.reservedConcurrency : {},
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new Error(`${[where, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`)
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined
  } catch {
    return false
  }
}
