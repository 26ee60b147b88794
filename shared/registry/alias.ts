import * as z from 'zod'

/** `champion` serves; `challenger` was trained last and has not been shown to be better. */
export const ALIAS_NAMES = ['champion', 'challenger'] as const
export type AliasName = (typeof ALIAS_NAMES)[number]

export const aliasSchema = z.object({
  // Records older than the challenger name no alias.
  name: z.enum(ALIAS_NAMES).default('champion'),
  version: z.string(),
  since: z.iso.datetime(),
  reason: z.string(),
  previous: z.string().nullable(),
})

/** Which version an alias stands for, since when and why. */
export type Alias = z.infer<typeof aliasSchema>

export function aliasKey(name: AliasName): string {
  return `models/${name}.json`
}

/** Where the record of a move is kept; nothing is ever written over it. */
export function moveKey({ name, version, since }: Alias): string {
  return `models/promotions/${since.replaceAll(':', '')}-${name}-${version}.json`
}
