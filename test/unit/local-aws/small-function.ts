import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FunctionSpec } from '../../local-aws/function-spec.ts'
import type { LocalAccount } from '../../local-aws/local-account.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Deploys functions of a few lines into an account; their code is gone with this. */
export async function smallFunctions(account: LocalAccount) {
  const folder = await temporaryFolder()
  let written = 0
  return {
    /** @param code  text of `index.mjs`, which exports `handler` */
    async put(name: string, code: string, settings: Partial<FunctionSpec> = {}): Promise<void> {
      const asset = await temporaryAsset(folder.path, `${name}-${written++}`, code)
      account.services.functions.put({
        ...{ name, assetFolder: asset, handler: 'index.handler', environment: {}, timeoutMs: 20_000, memoryMb: 128 },
        ...{ reservedConcurrency: undefined, roleArn: 'arn:aws:iam::123456789012:role/small', ...settings },
      })
      await account.services.invocations.retire(name, '$LATEST')
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

async function temporaryAsset(root: string, name: string, code: string): Promise<string> {
  const folder = join(root, name)
  await mkdir(folder)
  await writeFile(join(folder, 'index.mjs'), code)
  return folder
}
