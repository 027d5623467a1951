-- A version that gets worse in more than its letter said is told of anew, and its notice period counts from then.

grant update (told_at) on api.terms_notice to tally_api;
