import { inflateRawSync } from 'node:zlib'

/** The files of a zip archive, by name (APPNOTE.TXT 4.3: the central directory says where each begins). */
export function unzip(archive: Buffer): Record<string, string> {
  const end = archive.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
  const files: Record<string, string> = {}
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const method = archive.readUInt16LE(at + 10)
    const size = archive.readUInt32LE(at + 20)
    const [name, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset))
    const local = archive.readUInt32LE(at + 42)
    const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const bytes = archive.subarray(begin, begin + size)
    const path = archive.toString('utf8', at + 46, at + 46 + name!)
    files[path] = (method === 8 ? inflateRawSync(bytes) : bytes).toString('utf8')
    at += 46 + name! + extra! + comment!
  }
  return files
}
