import * as z from 'zod'

/** Licences under which we may ship a package as part of ours: they ask for their text and nothing of our own code. */
const SHIPPED = ['MIT', 'MIT-0', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'Zlib']

/** Under which a tool may be used beside: what it asks for concerns changes of the tool itself. */
const USED = [...SHIPPED, 'MPL-2.0']

/** Packages that do not say in their manifest what holds; each was looked at, in this version. */
const LOOKED_AT: Readonly<Record<string, string>> = {
  'busboy@0.3.1': 'MIT: says so in the old way and in its LICENSE',
  'dicer@0.3.0': 'MIT: says so in the old way and in its LICENSE',
  'streamsearch@0.1.2': 'MIT: says so in the old way and in its LICENSE',
  'only@0.0.2': 'MIT: says so in its Readme',
  'humanize-number@0.0.2': 'says nothing; the S3 server of the tests asks for it, and it is never shipped',
}

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), license: z.string().optional(), dev: z.boolean().default(false) }),
  ),
})

/** What was found: how many packages were looked at, and a sentence for each whose licence will not do. */
export interface LicenceReport {
  packages: number
  problems: string[]
}

/**
 * Holds the licences of all installed packages against what we may ship and use.
 *
 * @param lock  text of `package-lock.json`
 */
export function judgeLicences(lock: string): LicenceReport {
  const { packages } = lockSchema.parse(JSON.parse(lock))
  const installed = Object.entries(packages).filter(([path]) => path !== '')
  const problems = installed.flatMap(([path, { version, license, dev }]) => {
    const name = `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`
    if (license === undefined) return dev && name in LOOKED_AT ? [] : [`${name} does not say under which licence it is`]
    const allowed = dev ? USED : SHIPPED
    return isCovered(license, allowed) ? [] : [`${name} is under ${license}, which we may not ${dev ? 'use' : 'ship'}`]
  })
  return { packages: installed.length, problems }
}

/** Whether an SPDX expression can be met: one side of `OR` is enough, of `AND` every side is needed. */
function isCovered(expression: string, allowed: readonly string[]): boolean {
  const choices = expression.replaceAll(/[()]/g, '').split(' OR ')
  return choices.some((choice) => choice.split(' AND ').every((licence) => allowed.includes(licence.trim())))
}
