-- breaking: no
-- What the proposed records name and do not change themselves, as it stood: JSON, a list of kind, id and version. What is agreed to is
-- what was proposed, so another version of it stands in the way. Proposals of before name nothing.
alter table proposal add column refers_to text not null default '[]';
