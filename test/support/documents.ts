/** What judges the documents of a pack, as `.ci/documents` installs it. What is missing fails: it is never skipped. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface VeraVerdict {
  readonly file: string;
  readonly flavour: '2a' | 'ua1';
  readonly passed: boolean;
  readonly assertions: number;
  readonly failures: readonly string[];
}

/** Run by Rhino, which veraPDF brings along, so that no compiler of Java has to be there. */
const SCRIPT = `
Packages.org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
var pdfa = Packages.org.verapdf.pdfa;
for (var i = 0; i < arguments.length; i++) {
  [pdfa.flavours.PDFAFlavour.PDFA_2_A, pdfa.flavours.PDFAFlavour.PDFUA_1].forEach(function (flavour) {
    var foundry = pdfa.Foundries.defaultInstance();
    var parser = foundry.createParser(new java.io.FileInputStream(arguments_[i]), flavour);
    var validator = foundry.createValidator(flavour, false);
    var result = validator.validate(parser);
    var failures = [];
    for (var it = result.getTestAssertions().iterator(); it.hasNext(); ) {
      var one = it.next();
      if (String(one.getStatus()) !== 'FAILED') continue;
      failures.push(one.getRuleId().getClause() + ': ' + one.getMessage() + ' at ' + one.getLocation().getContext());
    }
    print(JSON.stringify({ file: String(arguments_[i]), flavour: String(flavour.getId()), passed: Boolean(result.isCompliant()),
      assertions: Number(result.getTotalAssertions()), failures: failures.map(String).slice(0, 20) }));
    parser.close();
    validator.close();
  });
}
`;

/** Whether each file is PDF/A-2a, and PDF/UA-1: two verdicts a file, by one machine for all of them. */
export function validatePdfs(files: readonly string[]): VeraVerdict[] {
  const jars = process.env['VERAPDF_JARS'];
  if (!jars) throw new Error('VERAPDF_JARS is not set: run .ci/documents and export what it prints.');
  const classPath = readdirSync(jars).map((name) => join(jars, name));
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-verapdf-'));
  try {
    const script = join(folder, 'validate.js');
    writeFileSync(script, `var arguments_ = arguments;${SCRIPT}`);
    const shell = 'org.mozilla.javascript.tools.shell.Main';
    const args = ['-cp', classPath.join(delimiter), shell, script, ...files];
    return run('java', args)
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as VeraVerdict);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const checkPdf = (file: string): string => run('qpdf', ['--check', file]);
export const textOfPdf = (file: string): string => run('pdftotext', ['-layout', file, '-']);
/** Each printed as LibreOffice reads it, beside it; all lie in one folder. */
export function convertToPdf(files: readonly string[]): string[] {
  const profile = mkdtempSync(join(tmpdir(), 'tagwatch-office-'));
  try {
    const home = `-env:UserInstallation=${pathToFileURL(profile).href}`;
    run('soffice', [home, '--headless', '--convert-to', 'pdf', '--outdir', dirname(files[0]!), ...files]);
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
  return files.map((file) => file.replace(/\.docx$/, '.pdf'));
}

/** A page drawn: its darkness, from 0 (nothing on it) to 1. */
export function drawPages(file: string): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-pages-'));
  try {
    run('pdftoppm', ['-r', '40', '-gray', file, join(folder, 'page')]);
    return readdirSync(folder)
      .sort()
      .map((name) => {
        const image = readFileSync(join(folder, name));
        // Portable grey map: three lines of head, a byte a point.
        const start = [0, 1, 2].reduce((at) => image.indexOf(10, at) + 1, 0);
        const points = image.subarray(start);
        return points.reduce((sum, value) => sum + 255 - value, 0) / (255 * points.length);
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, [...args], {
      encoding: 'utf8',
      maxBuffer: 64 * 1_048_576,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    throw new Error(`${command} failed, or is not here (.ci/documents installs it): ${(error as Error).message}`, {
      cause: error,
    });
  }
}
