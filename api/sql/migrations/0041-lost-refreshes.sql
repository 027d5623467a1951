-- Which refresh token was used last: a phone that lost the answer may use it again, as long as nobody used its successor.

alter table api.customer_session add column refresh_used integer;
