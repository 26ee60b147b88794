import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
})

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), resourceSchema).default({}),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).default({}),
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown().optional() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
})

/** A stack as it was synthesized. */
export interface SynthesizedStack {
  /** Id of the construct. */
  id: string
  stackName: string
  template: z.infer<typeof templateSchema>
  /** Folders of assets by their hashes. */
  assets: Readonly<Record<string, string>>
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      displayName: z.string().optional(),
      properties: z.looseObject({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
    }),
  ),
})

const assetsSchema = z.object({
  files: z.record(z.string(), z.looseObject({ source: z.looseObject({ path: z.string().optional() }) })),
})

/** The stacks of a folder that `cdk synth` has written. */
export async function readCloudAssembly(folder: string): Promise<SynthesizedStack[]> {
  const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(join(folder, file), 'utf8'))
  const { artifacts } = manifestSchema.parse(await read('manifest.json'))
  const stacks: SynthesizedStack[] = []
  for (const [id, { type, properties }] of Object.entries(artifacts)) {
    if (type !== 'aws:cloudformation:stack' || properties?.templateFile === undefined) continue
    const template = templateSchema.parse(await read(properties.templateFile))
    const { files } = assetsSchema.parse(await read(`${id}.assets.json`))
    const assets = Object.entries(files).map(([hash, { source }]) => [hash, join(folder, source.path ?? '')])
    stacks.push({ id, stackName: properties.stackName ?? id, template, assets: Object.fromEntries(assets) })
  }
  return stacks
}
