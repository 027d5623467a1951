set role tally_poster;

-- The API may call these and read; nothing else. Functions are nobody's by default.
alter default privileges revoke execute on functions from public;
do $$
declare
  name regprocedure;
begin
  for name in
    select p.oid from pg_proc p
    where p.pronamespace = 'ledger'::regnamespace and p.proowner = 'tally_poster'::regrole
  loop
    execute format('revoke execute on function %s from public', name);
  end loop;
end $$;
grant execute on function ledger.post, ledger.open_network, ledger.admit_merchant, ledger.change_issuing_limit,
  ledger.let_go_merchant, ledger.register_credential, ledger.revoke_credential, ledger.open_wallets, ledger.lock_wallet,
  ledger.set_earning_rule, ledger.set_merchant_multiplier, ledger.set_enrolment_bonus, ledger.close_wallet,
  ledger.erase_reasons, ledger.erase_reasons_of, ledger.lock_head, ledger.record_audit_digest, ledger.record_deployment_digest,
  ledger.forget_spent_qrs, ledger.entry, ledger.format_time_v1, ledger.format_leg_v1,
  ledger.format_lot_v1, ledger.format_move_v1, ledger.format_transaction_v1, ledger.format_governance_v1,
  ledger.lock_log, ledger.open_log, ledger.extend_log, ledger.refuse_log, ledger.accept_log,
  ledger.name_anchor_contract, ledger.record_anchor_witnesses, ledger.add_anchor_signature, ledger.record_anchor,
  ledger.forget_anchor,
  ledger.hash_leaf, ledger.points_for, ledger.factor_for, ledger.balance_as_of, ledger.held_as_of, ledger.due
  to tally_api;

-- Triggers call these by themselves.
set role tally_owner;
revoke execute on function ledger.only_the_ledger_writes, ledger.never_changes from public;
