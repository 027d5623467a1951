import { Client } from 'pg'
import { inject } from 'vitest'

/** The PostgreSQL of a test run, as `global-setup.ts` hands it to the tests. */
export interface TestServer {
  /** Of a superuser. */
  readonly adminUrl: string
  /** What the run's databases start with; also the login that has the API's rights and no others. */
  readonly prefix: string
  readonly password: string
}

export interface TestDatabase {
  /** Of a login with the API's rights. */
  readonly url: string
  /** Of a superuser. */
  readonly adminUrl: string
  /** Ends what is connected and removes the database. */
  drop(): Promise<void>
}

let made = 0

/** An empty, migrated database of one's own. One per test file is enough: a network of one's own keeps tests apart. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('databaseServer')
  const name = `${server.prefix}_${process.pid}_${++made}`
  await administer(server, `create database ${name} template ${server.prefix}_template`)
  const url = new URL(urlOf(server, name))
  url.username = server.prefix
  url.password = server.password
  return {
    url: url.href,
    adminUrl: urlOf(server, name),
    drop: () => administer(server, `drop database ${name} with (force)`),
  }
}

/** One statement as superuser, outside the test databases. */
export async function administer(server: Pick<TestServer, 'adminUrl'>, statement: string): Promise<void> {
  const client = new Client({ connectionString: server.adminUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** The same server and login, another database. */
export function urlOf(server: TestServer, database: string): string {
  const url = new URL(server.adminUrl)
  url.pathname = `/${database}`
  return url.href
}
