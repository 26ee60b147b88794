import { ACCOUNT, REGION } from './arn.ts'

/** What a template may ask about other things. */
export interface References {
  /** What `Ref` of a resource or parameter is. */
  ref(id: string): unknown
  /** An attribute of a resource. */
  attribute(id: string, name: string): unknown
  /** An output of another stack, by the stack's name. */
  output(stackName: string, output: string): unknown
  exported(name: string): unknown
  condition(name: string): unknown
  stackName: string
}

/**
 * A value of a template with its intrinsic functions worked out.
 *
 * @throws {Error} at a function that is none of Ref, GetAtt, Join, Sub, Select, Split, If, Equals, Not, And, Or, ImportValue and GetStackOutput
 * @see AWS, "Intrinsic function reference", CloudFormation user guide
 */
export function resolve(value: unknown, references: References): unknown {
  if (Array.isArray(value)) return value.map((one) => resolve(one, references)).filter((one) => one !== NO_VALUE)
  if (!isObject(value)) return value
  const [[name = '', argument] = ['', undefined], ...others] = Object.entries(value)
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return call(name, argument, references)
  const members = Object.entries(value).map(([key, member]) => [key, resolve(member, references)] as const)
  return Object.fromEntries(members.filter(([, member]) => member !== NO_VALUE))
}

const NO_VALUE = Symbol('AWS::NoValue')

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function call(name: string, argument: unknown, references: References): unknown {
  if (name === 'Ref') return refOf(String(argument), references)
  if (name === 'Fn::If') {
    const [condition, yes, no] = argument as [string, unknown, unknown]
    return resolve(references.condition(condition) === true ? yes : no, references)
  }
  if (name === 'Fn::Sub') return substitute(argument, references)
  const given = resolve(argument, references)
  switch (name) {
    case 'Fn::GetAtt': {
      const [id = '', ...attribute] = Array.isArray(given) ? given.map(String) : String(given).split('.')
      return references.attribute(id, attribute.join('.'))
    }
    case 'Fn::Join': {
      const [separator, parts] = given as [string, unknown[]]
      return parts.join(separator)
    }
    case 'Fn::Select': {
      const [index, list] = given as [number | string, unknown[]]
      return list[Number(index)]
    }
    case 'Fn::Split': {
      const [separator, text] = given as [string, string]
      return text.split(separator)
    }
    case 'Fn::Equals': {
      const [a, b] = given as [unknown, unknown]
      return a === b
    }
    case 'Fn::Not':
      return !(given as [boolean])[0]
    case 'Fn::And':
      return (given as boolean[]).every(Boolean)
    case 'Fn::Or':
      return (given as boolean[]).some(Boolean)
    case 'Fn::ImportValue':
      return references.exported(String(given))
    case 'Fn::GetStackOutput': {
      const { StackName: stack, OutputName: output } = given as { StackName: string; OutputName: string }
      return references.output(stack, output)
    }
  }
  throw new Error(`no double of ${name}`)
}

function refOf(id: string, references: References): unknown {
  switch (id) {
    case 'AWS::AccountId':
      return ACCOUNT
    case 'AWS::Region':
      return REGION
    case 'AWS::Partition':
      return 'aws'
    case 'AWS::URLSuffix':
      return 'amazonaws.com'
    case 'AWS::StackName':
      return references.stackName
    case 'AWS::NoValue':
      return NO_VALUE
  }
  return references.ref(id)
}

/** `${Name}`, `${Name.Attribute}` and `${!Literal}` in a text. */
function substitute(argument: unknown, references: References): string {
  const [text, own] = Array.isArray(argument) ? (argument as [string, Record<string, unknown>]) : [String(argument), {}]
  const variables = resolve(own, references) as Record<string, unknown>
  return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`
    if (name in variables) return String(variables[name])
    const [id = '', ...attribute] = name.split('.')
    if (attribute.length === 0) return String(refOf(id, references))
    return String(references.attribute(id, attribute.join('.')))
  })
}
