import * as z from 'zod'

/** Installations of the product; several may live in one account. */
export const STAGES = ['dev', 'staging', 'prod'] as const
export type Stage = (typeof STAGES)[number]

/** The Lambda functions, by the names of their folders. */
export const FUNCTIONS = [
  'prediction',
  'scoring',
  'authorizer',
  'pipeline',
  'training',
  'drift',
  'alert',
  'guard',
] as const
export type FunctionName = (typeof FUNCTIONS)[number]

/** Those that answer requests, behind an alias whose traffic is shifted. */
export const SHIFTED_FUNCTIONS = ['prediction', 'scoring'] as const
export type ShiftedFunction = (typeof SHIFTED_FUNCTIONS)[number]

/** Alias that callers reach each of them by. */
export const LIVE_ALIAS = 'live'

/** A function's name on AWS. @example functionName('prod', 'prediction') // 'closeline-prod-prediction' */
export function functionName(stage: Stage, name: FunctionName): string {
  return `closeline-${stage}-${name}`
}

/** Secrets that an operator puts into SSM as SecureStrings; functions know their names alone. */
export const SECRETS = ['key-pepper', 'supabase-key', 'telegram', 'n8n'] as const
export type Secret = (typeof SECRETS)[number]

/** Name of a secret's parameter. @example secretName('dev', 'telegram') // '/closeline/dev/telegram' */
export function secretName(stage: Stage, secret: Secret): string {
  return `/closeline/${stage}/${secret}`
}

/** Name of a stage's alarm on the canary of a function; the guard knows by it whose weight to take away. */
export function canaryAlarmName(stage: Stage, name: ShiftedFunction, about: 'errors' | 'latency'): string {
  return `closeline-${stage}-${name}-canary-${about}`
}

export const stageSchema = z.enum(STAGES)
export const shiftedFunctionSchema = z.enum(SHIFTED_FUNCTIONS)
