-- breaking: no
-- Whose shift it was: with nothing open it is about no wearer, and the areas of who signed off are all that tells whom it concerns. JSON;
-- null of those of before, and where nobody signs in.
alter table handover add column areas text;
