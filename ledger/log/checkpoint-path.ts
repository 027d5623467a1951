import { createHash } from 'node:crypto'

/** Where a witness shows the last checkpoint of a log that it has co-signed: the address is that of C2SP tlog-mirror. */
export function checkpointPath(origin: string): string {
  return `/${createHash('sha256').update(origin).digest('hex')}/checkpoint`
}
