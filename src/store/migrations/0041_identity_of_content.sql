-- Identity includes the content: what stood under its sequence alone gets the hash that `hashContent` (src/formats/tagwatch-ping.ts)
-- makes of the same ping, so that one sent again is still a duplicate. JSON as JavaScript writes it: numbers without exponents, which
-- differ from JavaScript's only below a millionth. An accuracy of 0 is unknown by now. A million rows take about half a minute.
update ping p
set identity = case when p.sequence is null then '' else 's:' || p.sequence || ':' end ||
  'h:' || left(encode(sha256(convert_to(
    '[' || to_json(p.tag_id)::text ||
    ',' || round(extract(epoch from p.fixed_at) * 1000)::bigint ||
    ',' || coalesce(
      '[' || st_y(p.position)::text::numeric || ',' || st_x(p.position)::text::numeric ||
      ',' || coalesce(nullif(p.accuracy_metres, 0)::text::numeric::text, 'null') || ',' || to_json(p.mechanism)::text || ']',
      'null') ||
    ',' || array_to_json(p.device_events)::text ||
    ',' || coalesce(p.speed_kmh::text::numeric::text, 'null') ||
    ',' || coalesce(p.heading_degrees::text::numeric::text, 'null') ||
    ',' || coalesce(p.altitude_metres::text::numeric::text, 'null') ||
    ',' || coalesce(p.satellites::text, 'null') ||
    ',' || coalesce(p.battery_percent::text::numeric::text, 'null') ||
    coalesce(',' || to_json(p.position_ignored)::text, '') || ']',
    'UTF8')), 'hex'), 32)
where (p.sequence is not null and p.identity = 's:' || p.sequence) or (p.sequence is null and p.accuracy_metres = 0);
