import { DomainError } from '../kernel/errors.ts'

/** `key=value` lines of one part of a file; a key alone has the value ''. */
export type Section = ReadonlyMap<string, string>

/** The parts of a LightGBM model file that decide predictions. */
export interface LightgbmSections {
  readonly header: Section
  readonly trees: readonly Section[]
}

/**
 * Splits a LightGBM text model into its header and its trees, `Tree=0`, `Tree=1` …, up to the line that ends them.
 *
 * @throws {DomainError} `not_lightgbm` where the first line is not `tree`, trees are out of order or the file is cut off
 */
export function lightgbmSections(text: string): LightgbmSections {
  const lines = text.split(/\r?\n/)
  if (lines[0]?.trim() !== 'tree') throw notLightgbm(`the first line is ${JSON.stringify(lines[0]?.slice(0, 40))}`)
  const header = new Map<string, string>()
  const trees: Map<string, string>[] = []
  for (const line of lines.slice(1)) {
    if (isEnd(line)) return { header, trees }
    const [key, value] = keyAndValue(line)
    if (key === 'Tree') {
      if (value !== `${trees.length}`) throw notLightgbm(`tree ${value} where tree ${trees.length} belongs`)
      trees.push(new Map())
    } else if (key !== '') {
      ;(trees.at(-1) ?? header).set(key, value)
    }
  }
  throw notLightgbm('the file ends before its trees do: it is cut off')
}

/** The value of a key. @throws {DomainError} `not_lightgbm` where it is missing */
export function fieldOf(section: Section, key: string, where: string): string {
  const value = section.get(key)
  if (value === undefined) throw notLightgbm(`${where} has no ${key}`)
  return value
}

/** A whole number ≥ 0. @throws {DomainError} `not_lightgbm` */
export function countOf(section: Section, key: string, where: string): number {
  const value = fieldOf(section, key, where)
  if (!/^\d{1,9}$/.test(value)) throw notLightgbm(`${key} of ${where} is ${JSON.stringify(value)}`)
  return Number(value)
}

/**
 * Numbers apart by spaces, as many as `n`.
 *
 * @throws {DomainError} `not_lightgbm` where there are more or fewer, or one is not a finite number
 */
export function numbersOf(section: Section, key: string, n: number, where: string): number[] {
  const parts = fieldOf(section, key, where)
    .split(' ')
    .filter((part) => part !== '')
  if (parts.length !== n) throw notLightgbm(`${key} of ${where} has ${parts.length} numbers instead of ${n}`)
  return parts.map((part) => {
    const value = NUMBER.test(part) ? Number(part) : Number.NaN
    if (!Number.isFinite(value)) throw notLightgbm(`${key} of ${where} holds ${JSON.stringify(part)}`)
    return value
  })
}

/** The same for whole numbers. @throws {DomainError} `not_lightgbm` */
export function wholeNumbersOf(section: Section, key: string, n: number, where: string): number[] {
  const values = numbersOf(section, key, n, where)
  const odd = values.find((value) => !Number.isSafeInteger(value))
  if (odd !== undefined) throw notLightgbm(`${key} of ${where} holds ${odd}, not a whole number`)
  return values
}

export function notLightgbm(message: string): DomainError {
  return new DomainError('not_lightgbm', `not a text model of LightGBM as it can be read: ${message}`)
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** `end of trees` since LightGBM 2.3; before it the importances follow at once. */
function isEnd(line: string): boolean {
  return line === 'end of trees' || line === 'feature importances:' || line === 'feature_importances:'
}

function keyAndValue(line: string): [string, string] {
  const equals = line.indexOf('=')
  return equals < 0 ? [line.trim(), ''] : [line.slice(0, equals), line.slice(equals + 1).trim()]
}
