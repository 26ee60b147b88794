import * as z from 'zod'
import { DomainError } from '../kernel/errors.ts'
import type { ShiftedFunction, Stage } from './stage.ts'
import { SHIFTED_FUNCTIONS, STAGES } from './stage.ts'

/** Who answers, as `traffic.json` at the root of the repository keeps it: the state that `cdk deploy Traffic` puts in place. */

/** A canary never answers more requests than the stable version: beyond that it is promoted. */
export const LARGEST_WEIGHT = 0.5

const versionNumber = z.string().regex(/^[1-9][0-9]*$/, 'a published version is a number from 1')

/** Traffic of one function: all of it to `stable`, but for the share `weight` to `canary` where there is one. */
export const trafficSchema = z
  .strictObject({
    stable: versionNumber,
    canary: versionNumber.nullable().default(null),
    weight: z.number().min(0).max(LARGEST_WEIGHT, `a canary gets ${LARGEST_WEIGHT} at the most: promote it`).default(0),
    /** What was stable before, for a rollback. */
    previous: versionNumber.nullable().default(null),
  })
  .refine(({ stable, canary }) => stable !== canary, {
    path: ['canary'],
    error: 'a canary is another version than stable',
  })
  .refine(({ canary, weight }) => (canary === null ? weight === 0 : weight > 0), {
    path: ['weight'],
    error: 'a weight above 0 and a canary come together',
  })

export type Traffic = z.infer<typeof trafficSchema>

/** An empty account: the first deployment publishes version 1. */
export const FIRST_TRAFFIC: Traffic = { stable: '1', canary: null, weight: 0, previous: null }

const trafficFileSchema = z.partialRecord(z.enum(STAGES), z.partialRecord(z.enum(SHIFTED_FUNCTIONS), trafficSchema))
export type TrafficFile = z.infer<typeof trafficFileSchema>

/** @throws {DomainError} `traffic_invalid`, naming the field */
export function parseTrafficFile(text: string): TrafficFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new DomainError('traffic_invalid', 'traffic.json is no JSON', { cause })
  }
  return parse(trafficFileSchema, json, 'traffic.json')
}

/** Traffic of a function in a file, or that of an empty account. */
export function trafficOf(file: TrafficFile, stage: Stage, name: ShiftedFunction): Traffic {
  return file[stage]?.[name] ?? FIRST_TRAFFIC
}

/**
 * Traffic as an operator names it at a deployment: `-c stable=7 -c canary=8 -c weight=0.1`. Where `stable` is named, the
 * file is not looked at; where nothing is named, undefined.
 *
 * @throws {DomainError} `traffic_invalid`, naming the field
 */
export function parseTrafficContext(context: Record<'stable' | 'canary' | 'weight', unknown>): Traffic | undefined {
  const { stable, canary, weight } = context
  if (stable === undefined) {
    if (canary === undefined && weight === undefined) return undefined
    throw new DomainError('traffic_invalid', 'stable: name it beside canary and weight, such as -c stable=7')
  }
  const named = {
    stable: String(stable),
    canary: canary === undefined ? null : String(canary),
    weight: weight === undefined ? 0 : Number(weight),
  }
  return parse(trafficSchema, named, 'context')
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new DomainError('traffic_invalid', `${where}: ${issue?.path.join('.')}: ${issue?.message}`)
}
