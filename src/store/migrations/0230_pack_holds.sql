-- breaking: no
-- Packs whose hold could not be placed: how often it was tried, and when last. After so often that is left to people. A pack itself is never changed.
create table pack_unheld (
  pack_id text primary key references pack (pack_id),
  attempts integer not null,
  tried_at timestamptz not null
);
