import * as z from 'zod'

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())
const conditionsSchema = z.record(z.string(), z.record(z.string(), oneOrMore))

const statementSchema = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Resource: oneOrMore,
  Condition: conditionsSchema.default({}),
})

export type PolicyStatement = z.infer<typeof statementSchema>

const documentSchema = z.looseObject({
  Statement: z.union([statementSchema, z.array(statementSchema)]).transform((value) => [value].flat()),
})

/** The statements of an identity policy. */
export function parsePolicy(document: unknown): PolicyStatement[] {
  return documentSchema.parse(document).Statement
}

/** What a request needs of the policies of whoever makes it. */
export interface Permission {
  /** @example 's3:GetObject' */
  action: string
  resource: string
  /** Context keys, such as `s3:prefix`. */
  context?: Readonly<Record<string, string>>
}

/** Whether policies allow it: one statement allows and none denies. @see AWS, "Policy evaluation logic", IAM user guide */
export function isAllowed(statements: readonly PolicyStatement[], permission: Permission): boolean {
  const applying = statements.filter((statement) => applies(statement, permission))
  return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow')
}

function applies({ Action, Resource, Condition }: PolicyStatement, { action, resource, context }: Permission): boolean {
  return (
    Action.some((pattern) => isLike(pattern.toLowerCase(), action.toLowerCase())) &&
    Resource.some((pattern) => isLike(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, context ?? {}))
  )
}

/** @throws {Error} at an operator that is none of StringEquals, StringLike and the same with IfExists */
function holds(
  operator: string,
  keys: Readonly<Record<string, readonly string[]>>,
  context: Readonly<Record<string, string>>,
): boolean {
  const [, comparison, ifExists] = /^(StringEquals|StringLike)(IfExists)?$/.exec(operator) ?? []
  if (comparison === undefined) throw new Error(`no double of the condition ${operator}`)
  return Object.entries(keys).every(([key, patterns]) => {
    const value = context[key]
    if (value === undefined) return ifExists !== undefined
    return patterns.some((pattern) => (comparison === 'StringLike' ? isLike(pattern, value) : pattern === value))
  })
}

/** `*` stands for any text, `?` for one character. */
function isLike(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text)
}
