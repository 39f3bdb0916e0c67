/** A table of the report: one in the tree however many pages it goes over, its head repeated on each for those who see it. */
import { GREY, INK, PAGE, RULE, type Sheet, type Structure, type Weight } from './sheet.js';

export interface Column {
  readonly title: string;
  /** Its share of the width. */
  readonly share: number;
  readonly align?: 'right';
  /** The column is the head of its rows. */
  readonly isHead?: boolean;
}

export interface TableOptions {
  readonly columns: readonly Column[];
  readonly rows: Iterable<readonly string[]>;
  readonly size?: number;
  /** A table of facts has its heads at the left alone. */
  readonly withoutTitles?: boolean;
}

const PAD = 3;
const LINE_HEIGHT = 1.3;
/** A cell that is longer than this is cut, and says where the whole of it is. */
const MAX_CELL_LINES = 40;
const CUT = '… (the whole of it: manifest.json, alert.json, record.json)';

export function drawTable(sheet: Sheet, { columns, rows, size = 8, withoutTitles = false }: TableOptions): void {
  const total = columns.reduce((sum, { share }) => sum + share, 0);
  const widths = columns.map(({ share }) => ((PAGE.right - PAGE.left) * share) / total);
  const lefts = widths.map((_, i) => PAGE.left + widths.slice(0, i).reduce((sum, width) => sum + width, 0));
  const weightOf = (column: Column, isTitle: boolean): Weight => (isTitle || column.isHead ? 'bold' : 'regular');

  const layOut = (cells: readonly string[], isTitle: boolean) => {
    const lines = cells.map((cell, i) => {
      const wrapped = cell
        .split('\n')
        .flatMap((line) => sheet.wrap(line, widths[i]! - 2 * PAD, size, weightOf(columns[i]!, isTitle)));
      return wrapped.length > MAX_CELL_LINES ? [...wrapped.slice(0, MAX_CELL_LINES), CUT] : wrapped;
    });
    return { lines, height: Math.max(...lines.map(({ length }) => length)) * size * LINE_HEIGHT + 2 * PAD };
  };
  const drawCell = (lines: readonly string[], i: number, y: number, isTitle: boolean) => {
    const weight = weightOf(columns[i]!, isTitle);
    lines.forEach((line, n) => {
      const room = columns[i]!.align === 'right' ? widths[i]! - 2 * PAD - sheet.widthOf(line, size, weight) : 0;
      const style = { size, weight, color: isTitle ? GREY : INK };
      sheet.drawLines([line], lefts[i]! + PAD + room, y + PAD + n * size * LINE_HEIGHT, style);
    });
  };
  const drawRule = () => {
    const { y } = sheet;
    sheet.artifact(() =>
      sheet.doc.lineWidth(0.4).strokeColor(RULE).moveTo(PAGE.left, y).lineTo(PAGE.right, y).stroke(),
    );
  };

  const titles = layOut(
    columns.map(({ title }) => title),
    true,
  );
  sheet.need(withoutTitles ? 30 : titles.height * 2 + 10);
  sheet.closed('Table', (table) => {
    if (!withoutTitles) {
      const row = sheet.open('TR', table);
      titles.lines.forEach((lines, i) => {
        const y = sheet.y;
        sheet.open('TH', row, { scope: 'Column' } as object).add(() => drawCell(lines, i, y, true));
      });
      row.end();
      sheet.y += titles.height;
    }
    drawRule();
    for (const cells of rows) {
      const { lines, height } = layOut(cells, false);
      if (sheet.y + height > PAGE.bottom) {
        sheet.addPage();
        if (!withoutTitles) repeatTitles();
      }
      drawRow(table, lines);
      sheet.y += height;
      drawRule();
    }
  });
  sheet.y += 8;

  function repeatTitles(): void {
    sheet.artifact(() => {
      titles.lines.forEach((lines, i) => {
        drawCell(lines, i, sheet.y, true);
      });
    });
    sheet.y += titles.height;
    drawRule();
  }

  function drawRow(table: Structure, lines: readonly (readonly string[])[]): void {
    const row = sheet.open('TR', table);
    const y = sheet.y;
    lines.forEach((one, i) => {
      const isHead = columns[i]!.isHead === true;
      const cell = isHead ? sheet.open('TH', row, { scope: 'Row' } as object) : sheet.open('TD', row);
      cell.add(() => drawCell(one, i, y, false));
    });
    row.end();
  }
}

/** Facts, each with its name before it. */
export function drawFacts(sheet: Sheet, facts: readonly (readonly [name: string, fact: string])[]): void {
  const columns = [
    { title: '', share: 1, isHead: true },
    { title: '', share: 3 },
  ];
  drawTable(sheet, { columns, rows: facts, size: 9, withoutTitles: true });
}
