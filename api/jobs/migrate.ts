import { runMigrations } from 'graphile-worker'
import { Client } from 'pg'
import { quietLogger } from './quiet-logger.ts'

// Processes that start at once take turns.
const advisoryLock = 7_233_015_509n

/** What the API's role may do with jobs: all that a worker does, and nothing to the tables themselves. */
const rights = `
  grant usage on schema graphile_worker to tally_api;
  grant select on all tables in schema graphile_worker to tally_api;
  grant execute on all functions in schema graphile_worker to tally_api;
  grant usage on all sequences in schema graphile_worker to tally_api;
  do $$
  declare
    name text;
  begin
    for name in
      select c.relname from pg_class c
      where c.relnamespace = 'graphile_worker'::regnamespace and c.relkind = 'r' and c.relname <> 'migrations'
    loop
      execute format('grant insert, update, delete on graphile_worker.%I to tally_api', name);
      if not exists (
        select from pg_policies p
        where p.schemaname = 'graphile_worker' and p.tablename = name and p.policyname = 'worked_by_the_api'
      ) then
        execute format('create policy worked_by_the_api on graphile_worker.%I to tally_api using (true)', name);
      end if;
    end loop;
  end $$`

/** Brings the job queue's own schema, `graphile_worker`, up to date, and lets the API's role work with it. */
export async function migrateJobs(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, application_name: 'tallystick migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLock])
    await runMigrations({ connectionString: adminUrl, logger: quietLogger })
    await client.query(rights)
  } finally {
    await client.end()
  }
}
