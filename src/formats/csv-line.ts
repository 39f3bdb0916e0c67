/** A line of a CSV file (RFC 4180) that a spreadsheet opens as what it says. */

/** What begins a formula in one spreadsheet or another, and so would run what somebody was called. */
const FORMULA = /^[=+\-@\t\r]/;

export type CsvValue = string | number | null;

function toCell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const toCsvLine = (values: readonly CsvValue[]): string => `${values.map(toCell).join(',')}\r\n`;
