-- breaking: no
-- Whose ping it was, as far as was known when it was recorded: null where the tag was on nobody, as `fitted` says, or where an older
-- program recorded it. By it a period of one wearer is found again when the tag is on another. A million rows take about half a minute.
alter table ping add column activation_id text;

update ping p set activation_id = a.activation_id from activation a
where p.fitted = 'fitted' and a.tag_id = p.tag_id and a.fitted_at <= p.fixed_at and (a.removed_at is null or p.fixed_at < a.removed_at);
