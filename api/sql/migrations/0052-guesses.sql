-- How often somebody guessed at an account, counted by all processes together. Unlogged: a flood of guesses writes nothing
-- that has to reach the disk, and after a crash of the database counting begins anew.

create unlogged table api.guess (
  -- HMAC of what is counted and for whom, by a key outside the database: it names nobody.
  key_mac bytea not null,
  count integer not null,
  ends_at timestamptz not null,
  constraint guess_pk primary key (key_mac),
  constraint guess_count_not_negative check (count >= 0)
);

create index guess_by_end on api.guess (ends_at);

grant select, insert, delete on api.guess to tally_api;
grant update (count, ends_at) on api.guess to tally_api;
