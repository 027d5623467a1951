import { readFile, writeFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { startChain } from '../../contracts/chain.ts'
import { compiledFile } from '../../contracts/compiled.ts'
import { connect, readCompiled } from './deploy.ts'
import { formatGas, measureGas } from './measure-gas.ts'
import { gasTable, readmeFile } from './readme-table.ts'

// `npm run contracts`: compiles, keeps the result, measures gas and writes its table into README.md.
await writeFile(compiledFile, `${JSON.stringify(await readCompiled('CheckpointAnchor'), null, 1)}\n`)
const chain = await startChain()
const provider = connect(chain.rpcUrl)
const table = formatGas(await measureGas(provider))
provider.destroy()
await chain.stop()
console.log(table)
const readme = await readFile(readmeFile, 'utf8')
const written = readme.replace(gasTable, (_, begin, __, end) => `${begin}${table}\n${end}`)
const options = { ...(await resolveConfig(readmeFile)), parser: 'markdown' }
await writeFile(readmeFile, await format(written, options))
