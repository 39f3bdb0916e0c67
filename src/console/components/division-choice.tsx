/** Of which division; none chosen is all of them. */
import { wearers } from '../live/live.js';

export function DivisionChoice({ onChoose }: { onChoose?(division: string): void }) {
  const divisions = [...new Set([...wearers.value.values()].flatMap(({ division }) => division ?? []))].sort();
  return (
    <select name="division" aria-label="Division" onChange={({ currentTarget }) => onChoose?.(currentTarget.value)}>
      <option value="">All divisions</option>
      {divisions.map((division) => (
        <option key={division} value={division}>
          {division}
        </option>
      ))}
    </select>
  );
}
