import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** What a deployment is made of; state that a stage has gathered is not copied. */
const PARTS = [
  'bin',
  'lib',
  'functions',
  'shared',
  'models',
  'supabase',
  'package.json',
  'package-lock.json',
  'cdk.json',
  'tsconfig.json',
]

/** A working copy of the repository that an operator may change and deploy from. */
export interface Checkout extends AsyncDisposable {
  path: string
  /** Replaces a file's text. @throws {Error} where that leaves it as it was */
  edit(file: string, change: (text: string) => string): Promise<void>
}

/** Copies the repository as it stands to a folder of its own, without the state of any stage. */
export async function makeCheckout(): Promise<Checkout> {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'closeline')
  await mkdir(path)
  for (const part of PARTS) await cp(resolve(part), join(path, part), { recursive: true })
  await symlink(resolve('node_modules'), join(path, 'node_modules'))
  await writeFile(join(path, 'traffic.json'), '{}\n')
  await writeFile(join(path, 'models', 'pinned.json'), '{}\n')
  return {
    path,
    async edit(file, change) {
      const whole = join(path, file)
      const before = await readFile(whole, 'utf8')
      const after = change(before)
      if (after === before) throw new Error(`${file} is as it was`)
      await writeFile(whole, after)
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}
