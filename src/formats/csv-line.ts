/** Lines of a CSV file (RFC 4180). */
export type CsvValue = string | number | null;

/** What begins a formula in one spreadsheet or another, and so would run what somebody was called. */
const FORMULA = /^[=+\-@\t\r]/;

function toCell(value: CsvValue): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What a program reads comes back as it was. */
export const toCsvLine = (values: readonly CsvValue[]): string => `${values.map(toCell).join(',')}\r\n`;

/** For a spreadsheet: no text is a formula, since one that would be has an apostrophe before it. */
export const toSheetLine = (values: readonly CsvValue[]): string =>
  toCsvLine(values.map((value) => (typeof value === 'string' && FORMULA.test(value) ? `'${value}` : value)));
