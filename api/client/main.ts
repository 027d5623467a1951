import { writeFile } from 'node:fs/promises'
import { readDocument } from './document.ts'
import { printTypes } from './print-types.ts'

// `npm run client`: writes the client's types anew, after routes have changed.
const path = new URL('../../clients/typescript/schema.d.ts', import.meta.url)
await writeFile(path, printTypes(await readDocument()))
console.log('clients/typescript/schema.d.ts is up to date.')
