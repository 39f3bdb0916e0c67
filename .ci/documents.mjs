/**
 * What judges the documents of an evidence pack, on Debian as root (installs what is missing) or where it is installed: veraPDF (whether
 * a file is PDF/A-2a and PDF/UA-1), qpdf (whether it is sound), poppler (its text, its pages drawn), LibreOffice (how a .docx
 * is read elsewhere).
 *
 *   .ci/documents     prints VERAPDF_JARS=…, everything else on stderr
 */
import { installJars, installJava } from './lib/maven.mjs';
import { installPackages, outputOf } from './lib/processes.mjs';

const VERAPDF_VERSION = '1.28.2';

/** By the command that each brings. */
const PACKAGES = { qpdf: 'qpdf', pdftotext: 'poppler-utils', soffice: 'libreoffice-writer-nogui' };

try {
  const missing = Object.entries(PACKAGES).filter(([command]) => outputOf('which', [command]) === null);
  if (missing.length > 0) installPackages(missing.map(([, name]) => name));
  installJava();
  const jars = installJars(`verapdf-${VERAPDF_VERSION}`, [`org.verapdf:validation-model:${VERAPDF_VERSION}`]);
  console.log(`VERAPDF_JARS=${jars}`);
} catch (error) {
  console.error(`.ci/documents: ${error.message}`);
  process.exitCode = 1;
}
