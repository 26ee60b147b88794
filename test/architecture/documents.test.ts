import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { VERSION } from '../../shared/config/version.ts'

const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
  version: string
  scripts: Record<string, string>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const pages = [
  'README.md',
  ...(await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
]
const text = (await Promise.all(pages.map((page) => readFile(page, 'utf8')))).join('\n')

describe('the documents', () => {
  it('name only npm scripts that exist', () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? '')
    expect(named.length).toBeGreaterThan(3)
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([])
  })

  it('name only commands that exist', async () => {
    const program = await readFile('bin/closeline.ts', 'utf8')
    const named = [...text.matchAll(/npx closeline ([a-z]+)/g)].map((match) => match[1] ?? '')
    expect(named.length).toBeGreaterThan(2)
    expect(named.filter((name) => !program.includes(`./commands/${name}.ts`))).toEqual([])
  })

  it('keep one version everywhere', () => {
    expect(VERSION).toBe(manifest.version)
  })

  it('pin every dependency to one version', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(versions.length).toBeGreaterThan(15)
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  })
})
