import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

interface SourceFile {
  path: string
  text: string
}

async function sourcesBelow(folder: string): Promise<SourceFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((e) => e.isFile() && e.name.endsWith('.ts')).map((e) => join(e.parentPath, e.name))
  return Promise.all(paths.sort().map(async (path) => ({ path, text: await readFile(path, 'utf8') })))
}

const sources = (await Promise.all(['shared', 'functions', 'lib', 'bin'].map(sourcesBelow))).flat()

function filesMatching(pattern: RegExp, isExempt: (path: string) => boolean): string[] {
  return sources.filter(({ path, text }) => !isExempt(path) && pattern.test(text)).map(({ path }) => path)
}

describe('the product’s sources', () => {
  it('are all looked at', () => {
    expect(sources.length).toBeGreaterThan(100)
  })

  it('take time and chance as arguments, below handlers and adapters', () => {
    const pattern = /Date\.now\(|new Date\(\)|Math\.random\(/
    expect(filesMatching(pattern, (path) => /^(shared\/adapters|bin|functions)\//.test(path))).toEqual([])
  })

  it('read the environment in handlers and entry points only', () => {
    expect(filesMatching(/process\.env/, (path) => path.endsWith('/handler.ts') || path.startsWith('bin/'))).toEqual([])
  })

  it('hold no enum, namespace, decorator, any or non-null assertion', () => {
    expect(
      filesMatching(/^\s*(export )?(const )?(enum|namespace) \w|^\s*@\w+\(|: any\b|as any\b/m, () => false),
    ).toEqual([])
  })

  it('stay below 300 lines each', () => {
    expect(sources.filter(({ text }) => text.split('\n').length > 300).map(({ path }) => path)).toEqual([])
  })

  it('name no file after nothing in particular', () => {
    const pattern = /(utils?|helpers?|common|manager|service|enhanced|v\d+)\.ts$/
    expect(sources.map(({ path }) => path).filter((path) => pattern.test(path))).toEqual([])
  })

  it('never make a closing-line value an input', () => {
    const learning = sources.filter(({ path }) => /^shared\/(features|recipe|trees)\//.test(path))
    expect(learning.length).toBeGreaterThan(15)
    expect(learning.filter(({ text }) => /closingLineValue|clv/i.test(text)).map(({ path }) => path)).toEqual([])
  })
})
