import { saveFile } from '../../../clients/web/save-file.ts'
import type { Client } from './auditor.ts'

declare global {
  interface FileSystemFileHandle {
    /** Not in every browser. */
    remove?(): Promise<void>
  }
  interface Window {
    /** File System Access (WICG); not in every browser. */
    showSaveFilePicker?(options: {
      suggestedName: string
      types: { accept: Record<string, string[]> }[]
    }): Promise<FileSystemFileHandle>
  }
}

/** Where an export goes. Until `keep` nothing under its name looks like one. */
interface Destination {
  readonly name: string
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  keep(): Promise<void>
  discard(): Promise<void>
}

/** How far it is; `total` is null where the server doesn't say. */
export interface Progress {
  readonly bytes: number
  readonly total: number | null
}

export type Taken =
  | { readonly is: 'taken'; readonly name: string; readonly bytes: number }
  | { readonly is: 'stopped' }
  | {
      readonly is: 'failed'
      readonly why: 'unanswered' | 'cut' | 'no_room' | 'forbidden' | 'signed_out' | 'nothing'
    }

/** A tar ends with two blocks of zeros (POSIX.1-1988 `ustar`), and no text before has as many. */
const endOfTar = 1024
/** What was gathered is handed to the browser in parts of this size, which may put them on its disk. */
const partBytes = 32 * 1024 * 1024

/**
 * Takes the export away as a file: straight to the disk where the browser can, else through its memory. Ask for it in the
 * handler of a click. What was cut off, by whatever stands in between, is thrown away.
 */
export async function takeExport(
  client: Client,
  {
    name,
    signal,
    onProgress,
  }: { name: string; signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<Taken> {
  const destination = await chooseDestination(name)
  if (destination === null) return { is: 'stopped' }
  const taken = await receive(client, destination, { signal, onProgress }).catch((): Taken => failed('cut'))
  if (taken.is !== 'taken') await destination.discard()
  return signal.aborted && taken.is !== 'taken' ? { is: 'stopped' } : taken
}

function failed(why: (Taken & { is: 'failed' })['why']): Taken {
  return { is: 'failed', why }
}

async function receive(
  client: Client,
  destination: Destination,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<Taken> {
  const answer = await client.GET('/v1/export', { parseAs: 'stream', signal }).catch(() => null)
  const body = answer?.response.ok ? answer.data : null
  if (!answer || !body) return failed(whyRefused(answer?.response.status))
  const length = answer.response.headers.get('content-length')
  const total = length === null ? null : Number(length)
  const reader = (body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
  let bytes = 0
  let zeros = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    bytes += value.length
    const ending = countZerosAtEnd(value)
    zeros = ending === value.length ? zeros + ending : ending
    const isWritten = await destination.write(value).then(
      () => true,
      () => false,
    )
    if (!isWritten) {
      await reader.cancel().catch(() => undefined)
      return failed('no_room')
    }
    onProgress({ bytes, total })
  }
  if (zeros < endOfTar || bytes % 512 !== 0 || (total !== null && bytes !== total)) return failed('cut')
  return await destination.keep().then(
    (): Taken => ({ is: 'taken', name: destination.name, bytes }),
    () => failed('no_room'),
  )
}

function whyRefused(status: number | undefined) {
  if (status === 401) return 'signed_out'
  if (status === 403) return 'forbidden'
  return status === 404 ? 'nothing' : 'unanswered'
}

function countZerosAtEnd(bytes: Uint8Array): number {
  const last = bytes.findLastIndex((byte) => byte !== 0)
  return bytes.length - 1 - last
}

/** Null: whoever was asked where to put it thought better of it. */
async function chooseDestination(name: string): Promise<Destination | null> {
  if (!window.showSaveFilePicker) return inMemory(name)
  try {
    const types = [{ accept: { 'application/x-tar': ['.tar'] } }]
    return await onDisk(await window.showSaveFilePicker({ suggestedName: name, types }))
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null
    return inMemory(name)
  }
}

/** The browser writes beside the file, and puts it in its place when all is there. */
async function onDisk(file: FileSystemFileHandle): Promise<Destination> {
  const stream = await file.createWritable()
  return {
    name: file.name,
    write: (bytes) => stream.write(bytes),
    keep: () => stream.close(),
    async discard() {
      await stream.abort().catch(() => undefined)
      // Choosing a name has made an empty file of it.
      if ((await file.getFile()).size === 0) await file.remove?.().catch(() => undefined)
    },
  }
}

function inMemory(name: string): Destination {
  let parts: BlobPart[] = []
  let gathered = 0
  return {
    name,
    async write(bytes) {
      parts.push(bytes)
      gathered += bytes.length
      if (gathered < partBytes) return
      parts = [new Blob(parts)]
      gathered = 0
    },
    async keep() {
      saveFile(name, new Blob(parts, { type: 'application/x-tar' }))
    },
    async discard() {
      parts = []
    },
  }
}
