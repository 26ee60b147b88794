import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { ICruiseResult } from 'dependency-cruiser'
import { cruise } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import config from '../../.dependency-cruiser.mjs'

const SOURCE_FOLDERS = ['bin', 'lib', 'functions', 'shared']

async function cruiseTree(baseDir: string, folders: string[]): Promise<ICruiseResult> {
  const result = await cruise(folders, {
    ...config.options,
    tsConfig: {},
    baseDir,
    validate: true,
    ruleSet: { forbidden: config.forbidden ?? [] },
  })
  return result.output as ICruiseResult
}

describe('imports', () => {
  it('run inward only, over every module of the product', async () => {
    const { summary, modules } = await cruiseTree(resolve('.'), SOURCE_FOLDERS)
    const own = modules.filter(({ source }) => SOURCE_FOLDERS.some((folder) => source.startsWith(`${folder}/`)))
    expect(summary.violations.map((v) => `${v.rule.name}: ${v.from} -> ${v.to}`)).toEqual([])
    expect(own.length).toBeGreaterThan(100)
  })
})

/** One import each that its rule must refuse. */
const PLANTED: [rule: string, from: string, to: string][] = [
  ['client-knows-types-only', 'shared/client/s.ts', 'functions/scoring/a.ts'],
  ['client-stands-on-kernel', 'shared/client/t.ts', 'shared/usecases/a.ts'],
  ['client-is-for-callers', 'functions/scoring/u.ts', 'shared/client/a.ts'],
  ['access-stands-on-kernel', 'shared/access/v.ts', 'shared/bets/a.ts'],
  ['kernel-stands-alone', 'shared/kernel/a.ts', 'shared/odds/a.ts'],
  ['learning-knows-no-bets', 'shared/trees/b.ts', 'shared/bets/a.ts'],
  ['domain-below-registry', 'shared/features/c.ts', 'shared/usecases/a.ts'],
  ['registry-below-use-cases', 'shared/registry/d.ts', 'shared/usecases/a.ts'],
  ['use-cases-below-adapters', 'shared/usecases/e.ts', 'shared/adapters/s3-a.ts'],
  ['adapters-know-ports', 'shared/adapters/duckdb-f.ts', 'shared/adapters/s3-a.ts'],
  ['http-below-functions', 'shared/http/g.ts', 'shared/bets/a.ts'],
  ['config-stands-alone', 'shared/config/h.ts', 'shared/bets/a.ts'],
  ['shared-below-functions', 'shared/usecases/i.ts', 'functions/scoring/a.ts'],
  ['functions-do-not-meet', 'functions/prediction/j.ts', 'functions/scoring/a.ts'],
  ['lib-is-infrastructure', 'lib/k.ts', 'shared/usecases/a.ts'],
  ['no-tests-in-the-product', 'bin/l.ts', 'test/a.ts'],
  ['core-is-pure', 'shared/odds/m.ts', 'node:fs'],
  ['core-is-pure', 'shared/usecases/n.ts', 'hono'],
  ['http-knows-hono-only', 'shared/http/o.ts', 'node:fs'],
  ['no-unresolvable', 'shared/odds/p.ts', 'shared/odds/absent.ts'],
]

describe('a planted import', () => {
  let tree: string
  let broken: Set<string>

  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), 'closeline-imports-'))
    await symlink(resolve('node_modules'), join(tree, 'node_modules'))
    const targets = new Set(
      PLANTED.map(([, , to]) => to).filter((to) => to.includes('/a.ts') || to.endsWith('s3-a.ts')),
    )
    for (const target of targets) await write(target, 'export const a = 1\n')
    for (const [, from, to] of PLANTED)
      await write(from, `import * as planted from '${specifier(from, to)}'\nexport { planted }\n`)
    await write('shared/odds/q.ts', "import type { R } from './r.ts'\nexport type Q = R\n")
    await write('shared/odds/r.ts', "import type { Q } from './q.ts'\nexport type R = Q\n")
    const { summary } = await cruiseTree(tree, [...SOURCE_FOLDERS, 'test'])
    broken = new Set(summary.violations.map((v) => `${v.rule.name} ${v.from}`))
  })

  afterAll(() => rm(tree, { recursive: true, force: true }))

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(tree, path)), { recursive: true })
    await writeFile(join(tree, path), text)
  }

  it.each(PLANTED)('breaks %s', (rule, from) => {
    expect(broken).toContain(`${rule} ${from}`)
  })

  it('breaks no-cycles, of types even', () => {
    expect(broken).toContain('no-cycles shared/odds/q.ts')
  })
})

function specifier(from: string, to: string): string {
  return to.endsWith('.ts') ? `${'../'.repeat(from.split('/').length - 1)}${to}` : to
}
