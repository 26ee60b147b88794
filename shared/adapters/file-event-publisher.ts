import type { FileHandle } from 'node:fs/promises'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { encodeEvent } from '../config/events.ts'
import type { EventPublisher } from '../usecases/event-ports.ts'
import { blamingFileSystem, flushName } from './file-system.ts'

/** An {@link EventPublisher} on one machine: a file of JSON lines, one event each, the latest last. */
export function fileEventPublisher(path: string): EventPublisher {
  return {
    publish: (events) =>
      blamingFileSystem(async () => {
        if (events.length === 0) return
        const lines = events.map((event) => `${encodeEvent(event)}\n`).join('')
        const newFolder = await mkdir(dirname(path), { recursive: true })
        const file = await open(path, 'a+')
        try {
          await file.writeFile((await endsMidLine(file)) ? `\n${lines}` : lines)
          await file.sync()
        } finally {
          await file.close()
        }
        await flushName(path, newFolder)
      }),
  }
}

/** Whether a crash cut off the last line: what follows begins on one of its own. */
async function endsMidLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return false
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: size - 1 })
  return buffer.toString() !== '\n'
}
